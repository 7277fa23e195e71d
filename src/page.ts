import { readFileSync } from 'node:fs'
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import { projectFile } from './files'

/** HTML that is already safe to send: made by `html`, never by hand from outside text. */
export class Markup {
  constructor(readonly source: string) {}
}

type Part = string | number | Markup | undefined | Part[]

/** HTML with every value escaped, except the markup made by `html` itself. `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.reduce((source, text, index) => source + render(values[index - 1]) + text))
}

function render(value: Part): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map(render).join('')
  if (value instanceof Markup) return value.source
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * A whole page in the look of the federal design system: works without JavaScript, from 320 px, and by keyboard.
 * @param view `site` is the name in the header; `styleSheet` the path that `styleSheet()` answers
 */
export function page(view: {
  title: string
  site: string
  skip: string
  styleSheet: string
  notice?: string
  body: Markup
}): string {
  return html`<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${view.title} – ${view.site}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${view.styleSheet}">
</head>
<body>
<a class="skip" href="#conteudo">${view.skip}</a>
<header>
<p class="site">${view.site}</p>
${view.notice === undefined ? undefined : html`<p class="demonstration">${view.notice}</p>`}
</header>
<main id="conteudo" tabindex="-1">
<h1>${view.title}</h1>
${view.body}
</main>
</body>
</html>
`.source
}

/** Answers with the style of these pages. */
export function styleSheet(): RequestHandler {
  const css = readFileSync(projectFile('src/page.css'), 'utf8')
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('css').send(css)
  }
}

/**
 * Security headers of pages: nothing from elsewhere, no script at all, no framing, never kept in a cache.
 * @param options `formTargets` the origins a form may end at, redirects included, besides this one
 */
export function pageHeaders(options: { formTargets: string[]; https: boolean }): RequestHandler {
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ['data:'],
        'form-action': ["'self'", ...options.formTargets],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: options.https,
    xFrameOptions: { action: 'deny' },
  })
  return (request, response, next) => {
    response.set('Cache-Control', 'no-store')
    secure(request, response, next)
  }
}

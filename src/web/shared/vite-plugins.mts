import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

/** Puts the texts of `{{key}}` of a file of the locale into the HTML. */
export function fillTexts(file: string): Plugin {
  const textsFile = fileURLToPath(new URL(`../../../locales/pt-BR/${file}.json`, import.meta.url))
  return {
    name: 'fill-texts',
    transformIndexHtml(html) {
      const texts: Record<string, string> = JSON.parse(readFileSync(textsFile, 'utf8'))
      return html.replace(/\{\{(\w+)\}\}/g, (_all, key: string) => {
        const text = texts[key]
        if (text === undefined) throw new Error(`no text for ${key}`)
        return text
      })
    },
  }
}

/** The design system names a thousand colours and sizes; a page keeps those it uses. */
export function dropUnusedTokens(): Plugin {
  return {
    name: 'drop-unused-tokens',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue
        let css = String(file.source)
        for (let before = ''; before !== css; ) {
          before = css
          const used = new Set(Array.from(css.matchAll(/var\((--[\w-]+)/g), (match) => match[1]))
          css = css.replace(/(?<=[{;])(--[\w-]+):[^;{}]*(;|(?=\}))/g, (declaration, name: string) =>
            used.has(name) ? declaration : '',
          )
        }
        file.source = css
      }
    },
  }
}

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const textsFile = fileURLToPath(new URL('../../../locales/pt-BR/chat.json', import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/web/chat',
    emptyOutDir: true,
    // Phones of 2020 and later: whoever has an older one gets the plain form.
    target: ['chrome87', 'firefox90', 'safari14'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  plugins: [fillTexts(), dropUnusedTokens()],
})

/** Puts the texts of `{{key}}` into the HTML. */
function fillTexts(): Plugin {
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

/** The design system names a thousand colours and sizes; the page keeps those it uses. */
function dropUnusedTokens(): Plugin {
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

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { dropUnusedTokens, fillTexts } from '../shared/vite-plugins.mts'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/atendimento/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/web/console',
    emptyOutDir: true,
    // Agents' computers and tablets are kept up to date.
    target: ['chrome111', 'firefox113', 'safari16.4'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  plugins: [fillTexts('console'), dropUnusedTokens(), webManifest()],
})

/** By it the console installs as an application of its own. Nothing else is kept: there is no service worker. */
function webManifest(): Plugin {
  return {
    name: 'web-manifest',
    generateBundle() {
      const file = fileURLToPath(new URL('../../../locales/pt-BR/console.json', import.meta.url))
      const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
      const manifest = {
        name: texts.title,
        short_name: texts.brand,
        description: texts.description,
        lang: 'pt-BR',
        id: '/atendimento',
        start_url: '/atendimento',
        scope: '/atendimento',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#071d41',
        icons: [{ src: '/atendimento/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
      }
      this.emitFile({ type: 'asset', fileName: 'console.webmanifest', source: JSON.stringify(manifest) })
    },
  }
}

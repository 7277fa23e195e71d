import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { dropUnusedTokens, fillTexts } from '../shared/vite-plugins.mts'

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
  plugins: [fillTexts('chat'), dropUnusedTokens()],
})

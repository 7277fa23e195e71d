import { toString as drawCode } from 'qrcode'
import { PAGE_PATH } from './qr-page'
import type { LinkState } from './states'

/** Codes drawn on the terminal before the page alone shows them: about ten minutes' worth. */
const MOST_CODES = 20

/** Tells the operator's terminal how the link stands: each thing once, and the code to scan as a picture. */
export function createTeller(options: { publicUrl: string; qrToken: string; say: (line: string) => void }) {
  const { say } = options
  const page = `${options.publicUrl}${PAGE_PATH} (access code ${options.qrToken})`
  let told = ''
  let codes = 0

  return async (state: LinkState): Promise<void> => {
    if (state.name === 'ready') codes = 0
    if (state.name === 'waiting_for_scan') {
      codes += 1
      if (codes > MOST_CODES) return
      say(await drawCode(state.code, { type: 'terminal', small: true }))
    }
    // From then on nobody is there to read that codes come and go.
    if (codes > MOST_CODES && 'why' in state && state.why === 'code_expired') return
    const line = lineOf(state, page)
    if (line === undefined || line === told) return
    told = line
    say(`  WhatsApp Web   ${line}`)
  }
}

function lineOf(state: LinkState, page: string): string | undefined {
  switch (state.name) {
    case 'waiting_for_scan':
      return `${state.lost ? 'the telephone ended the session: scan again' : 'scan this code'} with the telephone that answers, or at ${page}`
    case 'ready':
      return 'linked and answering'
    case 'disconnected':
      return `disconnected (${state.why}), it is tried again`
    case 'unreachable':
      return `WhatsApp cannot be reached from here (${state.why}), it is tried again`
    case 'session_lost':
      return `the telephone ended the session (${state.why}): a new code follows`
    case 'starting':
    case 'authenticated':
    case 'stopped':
      return undefined
  }
}

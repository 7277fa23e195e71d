import type { Channel } from '../../src/channels/channel'
import { shapeSms } from '../../src/channels/sms/shape'
import { type Activity, fromOutbound } from '../../src/channels/web/activity'
import { conversationPage } from '../../src/channels/web/form-page'
import { contentOfMessage, shapeForWhatsApp } from '../../src/channels/whatsapp-cloud/outgoing'
import { createMessages, type Saying } from '../../src/handoff/messages'
import { previewOf } from '../../src/handoff/preview'
import { newTicket } from '../../src/handoff/ticket'
import type { ChannelId, Outbound } from '../../src/message'
import { lineOf } from '../../src/store/store'

// The page's own types are those of a browser, which are not known here.
type Shown = { who: string; agent?: string; download?: { name: string; url: string } }
const { toMessage } = jest.requireActual('../../src/web/chat/chat-state') as {
  toMessage(activity: Activity): Shown | undefined
}
const { announcementOf } = jest.requireActual('../../src/web/chat/announcement') as {
  announcementOf(message: Shown): string
}

const at = '2026-11-25T13:00:00.000Z'
const ana = { id: 'a1', name: 'Ana  Teste' }
const channels: Partial<Record<ChannelId, Pick<Channel, 'register' | 'shape' | 'showsSpeaker'>>> = {
  web: { showsSpeaker: true },
  'whatsapp-cloud': { shape: shapeForWhatsApp },
  'sms-kannel': { register: 'short', shape: shapeSms },
}
const say = createMessages((id) => channels[id])

function said(channel: ChannelId, ...saying: Saying[]): Outbound[] {
  const brief = { level: 'none' as const, facts: [], done: [], failed: [], flags: [] }
  const wish = { conversationId: 'c1', channel, why: 'asked', skill: 'geral', priority: 3, brief } as const
  return say(newTicket(wish, 'a', at), 'chave', at, () => saying)
}

describe('who speaks', () => {
  it.each(['whatsapp-cloud', 'sms-kannel'] as const)(
    'is named at the begin of what an agent says on %s',
    (id) => {
      const [desk, agent] = said(
        id,
        { text: 'Ana, do INSS, entrou na conversa.' },
        { text: 'Bom dia', agent: ana },
      )
      expect(desk?.text).toBe('Ana, do INSS, entrou na conversa.')
      expect(agent?.text).toBe('Ana (atendente): Bom dia')
      expect(agent && lineOf(agent)).toMatchObject({ who: 'agent', text: 'Bom dia', agentName: 'Ana  Teste' })
    },
  )

  it('is counted in an SMS before it goes, and named once in a reply of several', () => {
    const text = 'palavra '.repeat(512).trim()
    const parts = said('sms-kannel', { text, agent: ana })
    const channel = channels['sms-kannel'] as Channel
    const { parts: shown } = previewOf(text, ana.name, 'sms-kannel', channel)
    expect(shown.map((part) => part.text)).toEqual(parts.map((part) => part.text))
    expect(parts.filter((part) => part.text.includes('(atendente)'))).toHaveLength(1)
    expect(parts.map((part) => lineOf(part).text).join(' ')).toBe(text)
  })

  it('leaves the longest caption of a file short enough for WhatsApp', () => {
    const file = { name: 'carta.pdf', mimeType: 'application/pdf', content: 'JVBERi0=' }
    const agent = { id: 'a1', name: 'Nome'.repeat(60) }
    const [message] = said('whatsapp-cloud', { text: 'a'.repeat(900), file, agent })
    expect(message && contentOfMessage(message, 'f1').type).toBe('document')
  })

  it('is seen beside the message on the page, heard, and in the page without JavaScript', () => {
    const [desk, agent] = said('web', { text: 'Ana entrou' }, { text: '<b>Bom dia</b>', agent: ana })
    const activity = (message: Outbound | undefined): Activity => ({
      ...fromOutbound(message as Outbound),
      id: 'c1|1',
      conversation: { id: 'c1' },
    })
    expect(activity(agent)).toMatchObject({
      text: '<b>Bom dia</b>',
      from: { role: 'bot', name: 'Ana  Teste' },
      channelData: { speaker: 'agent' },
    })
    expect(JSON.stringify(activity(agent))).not.toContain('a1')
    const shown = toMessage(activity(agent))
    expect(shown).toMatchObject({ who: 'assistant', agent: 'Ana  Teste' })
    expect(shown && announcementOf(shown)).toMatch(/^Ana {2}Teste, pessoa do INSS, disse:/)
    expect(toMessage(activity(desk))?.agent).toBeUndefined()
    const page = conversationPage({
      styleSheet: '',
      demo: false,
      formId: '',
      activities: [desk, agent].map(activity),
    })
    expect(page.match(/class="who">[^<]*/g)).toEqual([
      'class="who">Assistente ',
      'class="who">Ana  Teste, atendente ',
    ])
  })

  it('lets who reads the page save a file an agent sent', () => {
    const file = { name: 'carta.pdf', mimeType: 'application/pdf', content: 'JVBERi0=' }
    const [message] = said('web', { text: 'A carta', file, agent: ana })
    const activity = { ...fromOutbound(message as Outbound), id: 'c1|1', conversation: { id: 'c1' } }
    const url = 'data:application/pdf;base64,JVBERi0='
    expect(toMessage(activity)?.download).toEqual({ name: 'carta.pdf', url })
    const page = conversationPage({ styleSheet: '', demo: false, formId: '', activities: [activity] })
    expect(page).toContain(`href="${url}" download="carta.pdf">Baixar carta.pdf</a>`)
  })
})

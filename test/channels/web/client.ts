import type { Activity, ActivitySet } from '../../../src/channels/web/activity'
import { SECRET, until } from './harness'

export type Started = { conversationId: string; token: string; expires_in: number; streamUrl: string }

/** The calls of Direct Line, as a program without any library would make them. */
export function createClient(url: () => string) {
  async function call(method: string, path: string, bearer?: string, body?: unknown) {
    const response = await fetch(`${url()}/v3/directline${path}`, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }

  async function start(user?: { id: string }): Promise<Started> {
    const generated = await call('POST', '/tokens/generate', SECRET, user ? { user } : {})
    const opened = await call('POST', '/conversations', generated.body.token)
    if (opened.status !== 201) throw new Error(`not opened: ${opened.status}`)
    return opened.body
  }

  const say = (started: Started, text: string, channelData: object = {}) =>
    call('POST', `/conversations/${started.conversationId}/activities`, started.token, {
      type: 'message',
      from: { id: 'somebody else' },
      text,
      channelData,
    })

  async function read(started: Started, watermark = ''): Promise<ActivitySet> {
    const path = `/conversations/${started.conversationId}/activities?watermark=${watermark}`
    return (await call('GET', path, started.token)).body
  }

  async function readUntil(started: Started, count: number): Promise<ActivitySet> {
    return until(async () => {
      const set = await read(started)
      return set.activities.length >= count && set
    })
  }

  return { call, start, say, read, readUntil }
}

export function textsOf({ activities }: { activities: Activity[] }) {
  return activities.map(({ text }) => text)
}

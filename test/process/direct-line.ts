/** A conversation by Direct Line's HTTP calls, as any client makes them. */
export async function openDirectLine(base: string) {
  const given = (await (await fetch(`${base}/webchat/token`, { method: 'POST' })).json()) as {
    token: string
    conversationId: string
  }
  const headers = { authorization: `Bearer ${given.token}`, 'content-type': 'application/json' }
  const at = (address: string) => {
    const url = `${address}/v3/directline/conversations/${given.conversationId}/activities`
    return {
      say: (text: string) =>
        fetch(url, {
          method: 'POST',
          headers,
          body: JSON.stringify({ type: 'message', from: { id: 'x' }, text }),
        }),
      async activities(): Promise<{ text?: string }[]> {
        const answer = await (await fetch(url, { headers })).json()
        return (answer as { activities: { text?: string }[] }).activities
      },
      async replies(atLeast: number): Promise<string[]> {
        // A process that was killed may hold the conversation for ten seconds more.
        for (let tries = 0; tries < 300; tries += 1) {
          const texts = (await this.activities()).map((activity) => activity.text ?? '')
          if (texts.length > atLeast) return texts
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        return []
      },
    }
  }
  await fetch(`${base}/v3/directline/conversations`, { method: 'POST', headers })
  return { ...at(base), at }
}

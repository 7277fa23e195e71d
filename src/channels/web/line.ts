import type { Transcripts } from '../../store/store'

/** What happens to the line of a conversation: a socket takes it, or the conversation ends. */
type Move = { socket: true } | { ended: true }

export type Lines = ReturnType<typeof createLines>

/**
 * Who holds the line of a conversation: the newest socket, on whichever process. Each socket notes itself in a
 * transcript beside the conversation's own and is told of what is noted after it.
 */
export function createLines(transcripts: Transcripts) {
  const nameOf = (conversationId: string) => `${conversationId}.line`

  return {
    /**
     * @param lost called once, when a newer socket took the line or the conversation ended
     * @returns `check` takes the line when first called; later it finds what may not have been told
     */
    take(conversationId: string, lost: (why: 'collision' | 'ended') => void) {
      const name = nameOf(conversationId)
      let mine: number | undefined
      let taking: Promise<number> | undefined
      let over = false
      const later: { sequence: number; move: Move }[] = []
      const stop = transcripts.watch(name, ({ sequence, entry }) => {
        later.push({ sequence, move: entry as Move })
        settle()
      })

      function settle(): void {
        const number = mine
        if (number === undefined || over) return
        const next = later.splice(0).find(({ sequence }) => sequence > number)
        if (next === undefined) return
        over = true
        lost('ended' in next.move ? 'ended' : 'collision')
      }

      async function check(): Promise<void> {
        if (taking === undefined) {
          taking = transcripts.append(name, { socket: true } satisfies Move)
          mine = await taking
        } else {
          for (const { sequence, entry } of await transcripts.list(name, await taking)) {
            later.push({ sequence, move: entry as Move })
          }
        }
        settle()
      }

      return { check, stop }
    },

    async end(conversationId: string): Promise<void> {
      await transcripts.append(nameOf(conversationId), { ended: true } satisfies Move)
    },
  }
}

import type { Activity, ConversationReference, ResourceResponse } from 'botbuilder'
import { BotAdapter, type TurnContext } from './botbuilder'

/** What is said, before a channel arranges it. */
export type Reply = {
  text: string
  link?: { title: string; url: string }
  expects?: string
  questionId?: string
  choices?: string[]
}

/** Collects what dialogs say instead of sending it. */
export class CollectingAdapter extends BotAdapter {
  readonly replies: Reply[] = []

  override async sendActivities(
    _: TurnContext,
    activities: Partial<Activity>[],
  ): Promise<ResourceResponse[]> {
    for (const { text, channelData } of activities) {
      if (text === undefined || text === '') continue
      const { link, expects, questionId, choices } = (channelData ?? {}) as Omit<Reply, 'text'>
      this.replies.push({
        text,
        ...(link && { link }),
        ...(expects && { expects }),
        ...(questionId && { questionId }),
        ...(choices && { choices }),
      })
    }
    return activities.map(() => ({ id: '' }))
  }

  override async updateActivity(): Promise<void> {
    throw new Error('replies are not changed once said')
  }

  override async deleteActivity(_: TurnContext, __: Partial<ConversationReference>): Promise<void> {
    throw new Error('replies are not taken back')
  }

  override async continueConversation(): Promise<void> {
    throw new Error('conversations go on through the inbox')
  }
}

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { DirectLineError } from './direct-line-error'

/**
 * How much one address or one conversation may ask for, per minute. Counted by each process for itself: with several
 * behind one address, somebody may get that many times as much.
 */
export type WebLimits = {
  /** Tokens for the page, per address. High, because whole towns share one address of a mobile network. */
  tokensPerMinute: number
  /** Activities, per conversation: far above what a person types. */
  activitiesPerMinute: number
}

export const defaultLimits: WebLimits = { tokensPerMinute: 300, activitiesPerMinute: 240 }

/** @returns a function that counts one use of `key` and throws `TooManyRequests` above the limit. */
export function createLimit(perMinute: number): (key: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  return async (key) => {
    try {
      await limiter.consume(key)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw new DirectLineError('TooManyRequests', {
        retryAfterSeconds: Math.ceil(refused.msBeforeNext / 1000),
      })
    }
  }
}

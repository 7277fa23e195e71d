import type { Mentions } from './index'
export function mentionsOf(_text: string, _today?: string): Mentions { return {} }

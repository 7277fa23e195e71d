import chat from './chat.json'
import errors from './errors.json'

/** Every sentence a citizen or an agent reads, by file. The keys of `t` are `<file>.<key>`. */
export const messages = { chat, errors } as const

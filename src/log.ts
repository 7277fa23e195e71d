import pino from 'pino'

export type Log = pino.Logger

/**
 * Structured log. Lines carry ids and codes, never content: no CPF, phone, token or citizen's words. The
 * redaction below is the second line of defence; the first is not passing such fields at all.
 */
export function createLog(options: { level: string } = { level: 'info' }): Log {
  return pino({
    level: options.level,
    base: null,
    redact: {
      paths: [
        'cpf',
        'text',
        'phone',
        'token',
        'authorization',
        'cookie',
        '*.cpf',
        '*.text',
        '*.phone',
        '*.token',
        '*.authorization',
        '*.cookie',
      ],
      censor: '[removed]',
    },
  })
}

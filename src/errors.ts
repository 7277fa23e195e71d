/** A fault of a neighbour or of the configuration. An expected outcome is a value; anything else is a bug. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    options: { message?: string; cause?: unknown } = {},
  ) {
    super(options.message ?? code, { cause: options.cause })
    this.name = 'AppError'
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable
  }

  /** Text key of the sentence the citizen reads. */
  get textKey(): string {
    return errorCodes[this.code].text
  }
}

export const errorCodes = {
  config_invalid: { retryable: false, page: false, text: 'errors.internal' },
  store_unavailable: { retryable: true, page: true, text: 'errors.internal' },
  spool_full: { retryable: true, page: true, text: 'errors.internal' },
  store_fenced: { retryable: false, page: false, text: 'errors.internal' },
  inss_unavailable: { retryable: true, page: true, text: 'errors.inss_unavailable' },
  inss_timeout: { retryable: true, page: true, text: 'errors.inss_timeout' },
  inss_bad_answer: { retryable: false, page: true, text: 'errors.inss_bad_answer' },
  inss_refused: { retryable: false, page: true, text: 'errors.inss_unavailable' },
  login_required: { retryable: false, page: false, text: 'errors.login_required' },
  login_level_too_low: { retryable: false, page: false, text: 'errors.login_level_too_low' },
  login_provider_unavailable: { retryable: true, page: true, text: 'errors.login_unavailable' },
  audit_unavailable: { retryable: true, page: true, text: 'errors.internal' },
  ticket_move_refused: { retryable: false, page: false, text: 'errors.internal' },
  internal: { retryable: false, page: true, text: 'errors.internal' },
} as const satisfies Record<string, { retryable: boolean; page: boolean; text: string }>

export type ErrorCode = keyof typeof errorCodes

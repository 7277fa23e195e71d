/**
 * Every refusal of this service, one row each: HTTP status and title. The code goes in the body as it stands here
 * and, with hyphens, at the end of the `type` address (RFC 9457).
 */
export const problemCodes = {
  invalid_request: { status: 400, title: 'The request does not follow the contract' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_cursor: { status: 400, title: 'The cursor was not issued by this service' },
  idempotency_key_missing: { status: 400, title: 'This call needs an Idempotency-Key header' },
  unauthenticated: { status: 401, title: 'A valid access token of the citizen is needed' },
  client_unauthenticated: { status: 401, title: 'A known client and its secret are needed' },
  client_forbidden: { status: 403, title: 'This client may not make this call' },
  level_too_low: { status: 403, title: 'The gov.br account level is too low for this call' },
  not_found: { status: 404, title: 'There is no such resource' },
  citizen_not_found: { status: 404, title: 'The INSS holds no data about this citizen' },
  benefit_not_found: { status: 404, title: 'The citizen has no such benefit' },
  request_not_found: { status: 404, title: 'The citizen has no such request' },
  service_not_found: { status: 404, title: 'There is no such service' },
  method_not_allowed: { status: 405, title: 'The resource does not have this method' },
  request_exists: { status: 409, title: 'There is already an open or granted request of this kind' },
  request_closed: { status: 409, title: 'The request is closed and cannot be withdrawn' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used with another body' },
  etag_mismatch: { status: 412, title: 'The resource changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json in UTF-8' },
  impossible_input: { status: 422, title: 'The data is well formed and cannot be true' },
  law_gap: { status: 422, title: 'The law parameters do not cover what was asked' },
  if_match_missing: { status: 428, title: 'This call needs an If-Match header' },
  slow_down: { status: 429, title: 'Too many failures: wait a minute' },
  internal: { status: 500, title: 'The service failed' },
  temporarily_unavailable: { status: 503, title: 'The service cannot answer now' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problemCodes

/** One fault of the input: JSON pointer (RFC 6901) into the body, or `?name`, `{name}` for query and path. */
export type Fault = { pointer: string; detail: string }

/** A refusal on its way to the caller. Anything else thrown by a handler is a bug. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly more: {
      detail?: string
      errors?: Fault[]
      /** Further members of the body, such as `protocol` of `request_exists`. */
      members?: Record<string, string | null>
      headers?: Record<string, string>
    } = {},
  ) {
    super(code)
    this.name = 'Problem'
  }

  get status(): number {
    return problemCodes[this.code].status
  }
}

/** The problem+json body. `instance` identifies this occurrence in the log. */
export function problemBody(problem: Problem, baseUrl: string, instance: string): Record<string, unknown> {
  const { status, title } = problemCodes[problem.code]
  return {
    type: `${baseUrl}/problems/${problem.code.replaceAll('_', '-')}`,
    title,
    status,
    ...(problem.more.detail === undefined ? {} : { detail: problem.more.detail }),
    instance,
    code: problem.code,
    ...(problem.more.errors === undefined ? {} : { errors: problem.more.errors }),
    ...problem.more.members,
  }
}

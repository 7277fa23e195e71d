import { z } from 'zod'
import { idTokenType, tokenAnswer, tokenError, tokenExchange, tokenRequest } from '../auth/token-endpoint'
import { components, problem as problemSchema } from '../schemas/common'
import { citizenEvent } from '../schemas/events'
import type { Operation } from './operation'
import { type ProblemCode, problemCodes } from './problem'

type Json = Record<string, unknown>

/**
 * The OpenAPI 3.1 document of the operations, made from the schemas that validate them.
 * @param baseUrl public address, without a slash at the end
 */
export function openApiDocument(operations: readonly Operation[], baseUrl: string, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, baseUrl) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'INSS API',
      version,
      description:
        'Reference domain service of the INSS: record, benefits, payments, simulations and requests. Money in centavos, civil dates of Brasília. Citizen resources need the access token of that citizen, from POST /oauth/token.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: baseUrl }],
    tags: [
      { name: 'service', description: 'No login' },
      { name: 'citizen', description: 'What the INSS holds about the citizen of the token' },
      { name: 'requests', description: 'Rights, requests and decisions of the citizen of the token' },
      {
        name: 'events',
        description: 'What happens to the citizens a client follows, and the desk that makes it happen',
      },
      { name: 'oauth', description: 'Access tokens' },
    ],
    paths: { ...paths, '/oauth/token': { post: tokenOperation() } },
    webhooks: { citizenEvent: { post: webhookOperation() } },
    components: {
      securitySchemes: {
        citizen: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `aud=inss-api, sub=CPF, act=client`,
        },
        client: { type: 'http', scheme: 'basic', description: 'id and secret of the API client' },
      },
      schemas: namedSchemas(),
    },
  }
}

function describe(operation: Operation, baseUrl: string): Json {
  const { success, examples } = operation
  const headers = operation.etag
    ? { headers: { ETag: { description: 'Version of the resource', schema: { type: 'string' } } } }
    : {}
  const responses: Record<string, Json> = {
    [success.status]: {
      description: success.description,
      ...headers,
      content: { 'application/json': { schema: reference(success.schema) } },
    },
  }
  if (operation.etag && operation.method === 'get') {
    responses['304'] = { description: 'Not changed since the version of If-None-Match', ...headers }
  }
  for (const [status, codes] of byStatus(problemsOf(operation)))
    responses[status] = problemResponse(codes, baseUrl)
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: securityOf(operation),
    ...('level' in operation ? { 'x-required-level': operation.level } : {}),
    parameters: [
      ...parameters('path', operation.params, examples?.params),
      ...parameters('query', operation.query, examples?.query),
      ...headerParameters(operation),
    ],
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: reference(operation.body),
                ...(examples?.body === undefined ? {} : { example: examples.body }),
              },
            },
          },
        }),
    responses,
  }
}

function securityOf({ access }: Operation): Json[] {
  if (access === 'service') return []
  return access === 'client' ? [{ client: [] }] : [{ citizen: [] }]
}

function problemsOf(operation: Operation): Set<ProblemCode> {
  const codes = new Set<ProblemCode>(['invalid_request', 'internal', 'temporarily_unavailable'])
  if ('level' in operation) codes.add('unauthenticated').add('level_too_low')
  if (operation.access === 'client') codes.add('client_unauthenticated').add('slow_down')
  if (operation.body !== undefined) {
    codes.add('malformed_json').add('payload_too_large').add('unsupported_media_type')
  }
  if (operation.access === 'effect') {
    codes.add('idempotency_key_missing').add('idempotency_conflict')
    if (operation.ifMatch) codes.add('if_match_missing').add('etag_mismatch')
  }
  for (const code of operation.problems ?? []) codes.add(code)
  return codes
}

function byStatus(codes: Set<ProblemCode>): Map<number, ProblemCode[]> {
  const found = new Map<number, ProblemCode[]>()
  for (const code of codes) {
    const { status } = problemCodes[code]
    found.set(status, [...(found.get(status) ?? []), code])
  }
  return new Map([...found].sort(([a], [b]) => a - b))
}

function problemResponse(codes: ProblemCode[], baseUrl: string): Json {
  const example = (code: ProblemCode) => ({
    value: {
      type: `${baseUrl}/problems/${code.replaceAll('_', '-')}`,
      title: problemCodes[code].title,
      status: problemCodes[code].status,
      instance: 'urn:uuid:7b0c7c8e-6f0e-4a55-9a53-0d6f3f6a2a10',
      code,
    },
  })
  return {
    description: codes.map((code) => `\`${code}\`: ${problemCodes[code].title}`).join('; '),
    content: {
      'application/problem+json': {
        schema: reference(problemSchema),
        examples: Object.fromEntries(codes.map((code) => [code, example(code)])),
      },
    },
  }
}

function parameters(
  place: 'path' | 'query',
  schema: z.ZodType | undefined,
  examples: Record<string, string> = {},
) {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = plain(schema) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
    ...(examples[name] === undefined ? {} : { example: examples[name] }),
  }))
}

function headerParameters(operation: Operation): Json[] {
  const header = (name: string, required: boolean, description: string) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  })
  const found: Json[] = []
  if (operation.access === 'effect') {
    found.push(header('Idempotency-Key', true, 'Same key and body: same answer; same key, other body: 409'))
    if (operation.ifMatch) found.push(header('If-Match', true, 'ETag of the version read'))
  }
  if (operation.etag && operation.method === 'get')
    found.push(header('If-None-Match', false, 'ETag of the version held'))
  return found
}

function tokenOperation(): Json {
  const error = (description: string) => ({
    description,
    content: { 'application/json': { schema: reference(tokenError) } },
  })
  return {
    operationId: 'exchangeToken',
    tags: ['oauth'],
    summary: 'Exchange the fresh gov.br id_token of a citizen for an access token (RFC 8693)',
    description:
      'An id_token is accepted once, within two minutes of its issue. A live access token of the same client may be exchanged for a new one up to 12 hours after the login.',
    security: [{ client: [] }],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: reference(tokenRequest),
          example: {
            grant_type: tokenExchange,
            subject_token: 'eyJhbGciOi…',
            subject_token_type: idTokenType,
          },
        },
      },
    },
    responses: {
      200: {
        description: 'The access token',
        content: { 'application/json': { schema: reference(tokenAnswer) } },
      },
      400: error('invalid_request: the subject token is not acceptable; unsupported_grant_type'),
      401: error('invalid_client'),
      429: error('slow_down: too many failures'),
      503: error('temporarily_unavailable: the identity provider is not answering'),
    },
  }
}

function webhookOperation(): Json {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  })
  return {
    operationId: 'citizenEventHappened',
    tags: ['events'],
    summary: 'Told to the client that follows the citizen, at least once and in order per citizen',
    description:
      'Signed as Standard Webhooks says. Anything but 2xx is tried again, later and later, up to once an hour.',
    parameters: [
      header('webhook-id', '`id` of the event'),
      header('webhook-timestamp', 'Seconds since 1970 of this delivery'),
      header('webhook-signature', '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`'),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: reference(citizenEvent) } },
    },
    responses: { '2XX': { description: 'Taken, and safe with the receiver' } },
  }
}

/** A named schema by its name, any other in full. */
function reference(schema: z.ZodType): Json {
  const name = components.get(schema)?.id
  return name === undefined ? plain(schema) : { $ref: `#/components/schemas/${name}` }
}

function plain(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Json
  return rest
}

function namedSchemas(): Record<string, Json> {
  const { schemas } = z.toJSONSchema(components, { io: 'input', uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const { $schema: _dialect, $id: _id, ...rest } = schema as Json
      return [id, rest]
    }),
  )
}

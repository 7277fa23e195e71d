import { tell } from '../../dialogs/request-benefit/effects'
import type { BenefitRequest } from '../../src/inss/schemas'

const request: Omit<BenefitRequest, 'status'> = {
  protocol: '123456789',
  service: 'aposentadoria-idade',
  serviceName: 'Aposentadoria por Idade Urbana',
  createdAt: '2026-11-23T15:00:00Z',
  automatic: true,
}

it.each(['granted', 'denied', 'in_analysis', 'withdrawn', 'needs_document'] as const)(
  'says the protocol of a request that is %s, right after what became of it',
  (status) => {
    expect(tell({ ...request, status })[1]).toMatch(/protocolo: 123456789/)
  },
)

import fc from 'fast-check'
import { phoneOf, sameLine } from '../../../src/channels/sms/phone'

describe('the number of who sent an SMS', () => {
  test.each([
    ['+5511900000001', '5511900000001'],
    ['005511900000001', '5511900000001'],
    ['5511900000001', '5511900000001'],
    ['11900000001', '5511900000001'],
    ['011900000001', '5511900000001'],
    ['1130000001', '551130000001'],
    ['551190000001', '551190000001'],
    [' +55 (11) 90000-0001 ', '5511900000001'],
    ['+14155550100', '14155550100'],
    ['14155550100', '14155550100'],
    ['0014155550100', '14155550100'],
  ])('%s is %s', (sender, phone) => {
    expect(phoneOf(sender)).toBe(phone)
  })

  test.each([
    '28041',
    '+28041',
    '0028041',
    '135',
    '1057',
    '40040001',
    '08007210135',
    'VIVO',
    'Claro1052',
    'INSS',
    'whatsapp:+5511900000001',
    '',
    '+',
    '0000000000000',
    '+5511900000001 28041x',
    '1'.repeat(16),
    '１１９０００００００１',
  ])('%j is nobody who can be answered', (sender) => {
    expect(phoneOf(sender)).toBeUndefined()
  })

  test('a mobile number is the same line with and without its ninth digit', () => {
    expect(sameLine('5511900000001', '551190000001')).toBe(false)
    expect(sameLine('5511987654321', '551187654321')).toBe(true)
    expect(sameLine('5511987654321', '5521987654321')).toBe(false)
  })

  test('whatever comes, the answer is digits with a country code or nobody', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789+ -'), maxLength: 24 })),
        (sender) => {
          expect(phoneOf(sender) ?? '5511900000001').toMatch(/^[1-9]\d{9,14}$/)
        },
      ),
    )
  })
})

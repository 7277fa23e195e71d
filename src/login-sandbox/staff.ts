import { t } from '../text'
import type { Account } from './accounts'

/** Synthetic people of the desk: two who attend, and one who supervises. */
export function demonstrationStaff(password: string): Account[] {
  const person = (account: Pick<Account, 'cpf' | 'name' | 'what' | 'staff'>): Account => ({
    email: null,
    phone: null,
    level: 'gold',
    password,
    ...account,
  })
  return [
    person({
      cpf: '00090100174',
      name: 'Ana Beatriz Nogueira',
      what: t('login-sandbox.staff_one'),
      staff: { roles: ['agent'], skills: ['beneficio', 'pagamento', 'cadastro', 'geral'] },
    }),
    person({
      cpf: '00090200209',
      name: 'Rui Tavares',
      what: t('login-sandbox.staff_two'),
      staff: { roles: ['agent'], skills: ['recurso', 'acessibilidade', 'crise', 'beneficio', 'geral'] },
    }),
    person({
      cpf: '00090300343',
      name: 'Célia Moura',
      what: t('login-sandbox.staff_three'),
      staff: { roles: ['supervisor'], skills: ['geral', 'crise'] },
    }),
  ]
}

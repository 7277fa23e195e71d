import type { Random } from './random'

/** `say` writes; `press` presses a choice of the last question. */
export type Step = { say: string } | { press: string }

/** A conversation of so many messages, like those people have. Nothing in it needs a login or goes by the hour. */
export function scriptOf(length: number, random: Random): Step[] {
  const steps: Step[] = []
  while (steps.length < length) steps.push(...simulation(random), ...random.of([payments, questions])(random))
  return steps.slice(0, length)
}

/** Repeats one long sentence, as a machine does, in the middle of a form; then answers. */
export function machineScript(): Step[] {
  const again = Array.from({ length: 8 }, () => ({ say: 'por que você quer saber isso de mim?' }))
  return [
    { say: 'quero simular minha aposentadoria' },
    { press: 'Eu conto' },
    { say: 'mulher' },
    ...again,
    { say: '12/03/1966' },
    { say: '27 anos e 4 meses' },
  ]
}

function simulation(random: Random): Step[] {
  const birth = () => `${1 + random.below(28)}/${1 + random.below(12)}/${1958 + random.below(25)}`
  const steps: Step[] = [
    { say: random.of(['quero simular minha aposentadoria', 'simular aposentadoria', 'simulação']) },
    random.of([{ press: 'Eu conto' }, { say: 'eu conto' }]),
    random.of([{ say: 'mulher' }, { say: 'de um homem' }, { press: 'Mulher' }, { press: 'Homem' }]),
    { say: birth() },
    { say: `${10 + random.below(28)} anos e ${1 + random.below(11)} meses` },
    ...random.of<Step[]>([[{ say: 'sim' }], [{ press: 'Sim' }], [{ say: 'não' }, { say: 'maio de 2018' }]]),
    random.of([{ say: `${2 + random.below(4)}.${100 + random.below(900)}` }, { say: 'não sei' }]),
    random.of([{ press: 'Ver todas as regras' }, { say: 'e se eu parar de contribuir?' }]),
    { press: 'Terminar' },
  ]
  if (random.percent(30)) steps.splice(3, 0, { say: random.of(['por quê?', 'ajuda', 'repete', 'abobrinha']) })
  if (random.percent(30)) steps.splice(5, 0, { say: `errei, nasci em ${birth()}` })
  if (random.percent(20)) steps.splice(4, 0, { say: 'o que é carência?' })
  return steps
}

function payments(random: Random): Step[] {
  return [
    { say: random.of(['que dia cai meu pagamento?', 'quando eu recebo?']) },
    { press: 'Só ver o calendário' },
    { say: `termina em ${random.below(10)}` },
    random.of([{ press: 'Sim, mais' }, { press: 'Não, um salário mínimo' }, { say: 'não' }]),
  ]
}

function questions(random: Random): Step[] {
  return random
    .shuffled<Step>([
      { say: 'oi' },
      { say: 'obrigada' },
      { say: 'o que é carência?' },
      { say: 'quero saber do bolsa família' },
      { say: 'menu' },
    ])
    .slice(0, 3)
}

import type { Answer } from '../channels/web/harness'

/** A small bot that shows everything the page must be able to show. */
export const scriptedBot: Answer = (message) => {
  if (message.kind === 'opened') {
    return [
      {
        text: 'Olá! Sou o assistente do INSS. Posso ajudar com aposentadoria, pagamentos e pedidos.\n\nO que você precisa?',
        outcome: 'asked',
        expects: 'inicio.assunto',
        questionId: 'q-inicio',
        choices: [
          { title: 'Quando posso me aposentar?', value: 'aposentadoria' },
          { title: 'Ver meu pagamento', value: 'pagamento' },
          { title: 'Pedir um benefício', value: 'pedido' },
          { title: 'Falar com uma pessoa', value: 'pessoa' },
        ],
      },
    ]
  }
  if (message.kind !== 'text') return [{ text: 'Ainda não sei ler isso. Escreva, por favor.' }]
  switch (message.text) {
    case 'pagamento':
      return [
        {
          text: 'Para ver o seu pagamento, eu preciso saber quem você é.\nEntre com a sua conta gov.br. O código que aparece lá deve ser K7-42.',
          link: { title: 'Entrar com gov.br', url: 'https://example.gov.br/entrar' },
          outcome: 'asked',
          questionId: 'q-login',
          choices: [{ title: 'Já entrei', value: 'sim' }],
        },
      ]
    case 'aposentadoria':
      return [
        { text: 'Vou fazer algumas perguntas. Você pode responder “não sei”.' },
        { text: 'Qual é a sua data de nascimento? Por exemplo: 12/3/1962.', outcome: 'asked' },
      ]
    case 'demore':
      return []
    case 'longo':
      return [{ text: Array.from({ length: 30 }, (_, line) => `Linha ${line + 1} da resposta.`).join('\n') }]
    default:
      return [{ text: `Você disse: ${message.text}` }]
  }
}

/** How sure gov.br is of who a person is, lowest first. */
export const levels = ['bronze', 'silver', 'gold'] as const
export type Level = (typeof levels)[number]

/** Whether a level is as high as another, or higher. */
export function reaches(level: Level, required: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(required)
}

/**
 * The page where a person raises their level before logging in again (gov.br numbers silver 2 and gold 3).
 * @param base gov.br's register of reliabilities, see `levelsBase`
 */
export function levelsUrl(
  base: string,
  wish: { clientId: string; level: Level; redirectUri: string },
): string {
  const url = new URL(base)
  url.searchParams.set('client_id', wish.clientId)
  url.searchParams.set('niveis', wish.level === 'gold' ? '(3)' : '(2/3)')
  url.searchParams.set('redirect_uri', wish.redirectUri)
  return url.href
}

/** gov.br keeps levels beside its login: sso.acesso.gov.br → confiabilidades.acesso.gov.br; others at a path. */
export function levelsBase(issuer: string): string {
  const url = new URL(issuer)
  const govbr = /^sso\.((?:[a-z]+\.)?acesso\.gov\.br)$/.exec(url.hostname)?.[1]
  return govbr === undefined ? new URL('/confiabilidades', url).href : `https://confiabilidades.${govbr}/`
}

import { useEffect, useState } from 'preact/hooks'

/** Where in the console the agent is, as the address says after `#`; ids in it are opaque. */
export type Route =
  | { screen: 'conversations'; ticketId?: string }
  | { screen: 'board' }
  | { screen: 'history'; ticketId?: string }

export function hrefOf(route: Route): string {
  switch (route.screen) {
    case 'conversations':
      return route.ticketId === undefined ? '#/' : `#/conversa/${encodeURIComponent(route.ticketId)}`
    case 'board':
      return '#/painel'
    case 'history':
      return route.ticketId === undefined
        ? '#/historico'
        : `#/historico/${encodeURIComponent(route.ticketId)}`
  }
}

export function go(route: Route): void {
  location.hash = hrefOf(route)
}

function read(): Route {
  const [, screen, id] = location.hash.split('/')
  const ticketId = id === undefined || id === '' ? {} : { ticketId: decodeURIComponent(id) }
  if (screen === 'painel') return { screen: 'board' }
  if (screen === 'historico') return { screen: 'history', ...ticketId }
  return { screen: 'conversations', ...ticketId }
}

export function useRoute(): Route {
  const [route, setRoute] = useState(read)
  useEffect(() => {
    const changed = () => setRoute(read())
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}

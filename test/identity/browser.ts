/** A browser without JavaScript: follows redirects, keeps cookies, fills forms. */
export class Browser {
  private cookies: { host: string; path: string; name: string; value: string }[] = []
  url = ''
  status = 0
  html = ''
  headers = new Headers()
  /** Every address visited, redirects included. */
  readonly visited: string[] = []

  get text(): string {
    return decode(this.html.replace(/<head>[\s\S]*?<\/head>/, '').replace(/<[^>]+>/g, ' ')).replace(
      /\s+/g,
      ' ',
    )
  }

  get title(): string {
    return decode(/<h1>(.*?)<\/h1>/.exec(this.html)?.[1] ?? '')
  }

  /** Opens an address. @param until stops before following a redirect to an address that starts with it */
  async open(url: string, init: RequestInit = {}, until?: string): Promise<this> {
    let next = new URL(url, this.url || undefined).href
    let request = init
    for (let hops = 0; hops < 12; hops += 1) {
      this.url = next
      this.visited.push(next)
      if (until !== undefined && hops > 0 && next.startsWith(until)) return this
      const response = await fetch(next, {
        ...request,
        redirect: 'manual',
        headers: { accept: 'text/html', ...request.headers, cookie: this.cookieFor(next) },
      })
      this.keep(next, response)
      this.status = response.status
      this.headers = response.headers
      const location = response.headers.get('location')
      this.html = await response.text()
      if (response.status < 300 || response.status > 399 || location === null) return this
      next = new URL(location, next).href
      request = {}
    }
    throw new Error('too many redirects')
  }

  /** Sends the form that holds a button or field, with its hidden fields. */
  async submit(fields: Record<string, string>, until?: string): Promise<this> {
    const [first = ''] = Object.keys(fields)
    const form = [...this.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].find(([, , inside]) =>
      inside?.includes(`name="${first}"`),
    )
    if (form === undefined) throw new Error(`no form with ${first} at ${this.title}`)
    const hidden = [...(form[2] ?? '').matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)]
    const body = new URLSearchParams()
    for (const [, name = '', value = ''] of hidden) body.set(name, decode(value))
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    const action = decode(/action="([^"]*)"/.exec(form[1] ?? '')?.[1] ?? this.url)
    return this.open(action, { method: 'POST', body }, until)
  }

  /** Follows the link whose text is given. */
  async click(text: string, until?: string): Promise<this> {
    const link = [...this.html.matchAll(/<a\b[^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/g)].find(
      ([, , inside]) => decode(inside ?? '') === text,
    )
    if (link === undefined) throw new Error(`no link "${text}" at ${this.title}`)
    return this.open(decode(link[1] ?? ''), {}, until)
  }

  cookieNames(): string[] {
    return this.cookies.map(({ name }) => name)
  }

  /** The cookies it would send to an address. */
  cookieFor(url: string): string {
    const { hostname, pathname } = new URL(url)
    return this.cookies
      .filter(({ host, path }) => host === hostname && `${pathname}/`.startsWith(path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  private keep(url: string, response: Response): void {
    const { hostname: host } = new URL(url)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; ?/)
      const [name = '', ...rest] = pair.split('=')
      const value = rest.join('=')
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/'
      const expires = attributes.find((each) => /^expires=/i.test(each))?.slice(8)
      this.cookies = this.cookies.filter(
        (each) => !(each.host === host && each.path === path && each.name === name),
      )
      const over = expires !== undefined && Date.parse(expires) <= Date.now()
      if (!over && value !== '') this.cookies.push({ host, path, name, value })
    }
  }
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code))).replace(/&amp;/g, '&')
}

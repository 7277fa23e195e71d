/** As much of a browser's XMLHttpRequest, over fetch, as Direct Line's public client needs in Node. */
export class FetchXmlHttpRequest {
  readyState = 0
  status = 0
  response: unknown = null
  responseText = ''
  responseType = ''
  timeout = 0
  withCredentials = false
  onreadystatechange: (() => void) | null = null
  ontimeout: ((event: unknown) => void) | null = null
  onerror: ((event: unknown) => void) | null = null
  upload = undefined

  private method = 'GET'
  private url = ''
  private readonly sent: Record<string, string> = {}
  private received = new Headers()
  private readonly control = new AbortController()

  open(method: string, url: string): void {
    this.method = method
    this.url = url
    this.readyState = 1
  }

  setRequestHeader(name: string, value: string): void {
    this.sent[name] = value
  }

  getResponseHeader(name: string): string | null {
    return this.received.get(name)
  }

  getAllResponseHeaders(): string {
    return [...this.received].map(([name, value]) => `${name}: ${value}`).join('\r\n')
  }

  abort(): void {
    this.control.abort()
  }

  send(body?: string | FormData): void {
    void this.run(body)
  }

  private async run(body?: string | FormData): Promise<void> {
    try {
      const response = await fetch(this.url, {
        method: this.method,
        headers: this.sent,
        signal: this.control.signal,
        ...(body === undefined || body === null ? {} : { body }),
      })
      this.responseText = await response.text()
      this.received = response.headers
      this.status = response.status
      this.response = this.responseType === 'json' ? parsed(this.responseText) : this.responseText
    } catch (error) {
      this.status = 0
      if (this.control.signal.aborted) return
      this.readyState = 4
      this.onerror?.(error)
      return
    }
    this.readyState = 4
    this.onreadystatechange?.()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

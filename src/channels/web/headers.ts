import type { Request, RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Security headers of the pages: nothing from elsewhere, no inline script or style, no framing. The referrer
 * stays within the site rather than nowhere, because a form sent without one has the origin `null`.
 * @param options `forms: 'none'` for pages that send everything by script
 */
export function pageHeaders(options: { secureCookies: boolean; forms?: 'none' }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'font-src': ["'self'"],
        'manifest-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': [options.forms === 'none' ? "'none'" : "'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: options.secureCookies,
    xFrameOptions: { action: 'deny' },
  })
}

/**
 * Whether a request with a cookie comes from our own pages. Browsers name the page's origin on every POST;
 * programs that are not browsers carry nobody's cookie and need not.
 */
export function fromOwnPage(request: Request, publicUrl: string): boolean {
  const origin = request.get('origin')
  if (origin === undefined) {
    const site = request.get('sec-fetch-site')
    return site === undefined || site === 'same-origin' || site === 'none'
  }
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  // Addresses of other kinds have no host, as a request may have none.
  if (protocol !== 'http:' && protocol !== 'https:') return false
  return host === request.get('host') || origin === new URL(publicUrl).origin
}

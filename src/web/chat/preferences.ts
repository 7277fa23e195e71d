/** How the person wants to read, remembered on this device. */
export type Preferences = { largeText: boolean; highContrast: boolean }

const KEY = 'chat.preferences'

export function loadPreferences(): Preferences {
  const asked = matchMedia('(prefers-contrast: more)').matches
  const fallback = { largeText: false, highContrast: asked }
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) }
  } catch {
    return fallback
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences))
  } catch {
    // A browser that keeps nothing still shows the page as asked, until it is closed.
  }
}

export function applyPreferences({ largeText, highContrast }: Preferences): void {
  const { dataset } = document.documentElement
  dataset.text = largeText ? 'large' : 'normal'
  dataset.contrast = highContrast ? 'high' : 'normal'
}

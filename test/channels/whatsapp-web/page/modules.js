/**
 * A page that offers whatsapp-web.js what it asks of WhatsApp Web: `window.require` with the modules its source
 * names, and `window.Debug`. It keeps its link in the browser profile, as the real page does, and is driven by the
 * test over a socket: what the test commands happens in the page, what the library does here is reported back.
 */
;(() => {
  class Events {
    listeners = {}
    on(names, listener) {
      for (const name of names.split(' ')) {
        this.listeners[name] = [...(this.listeners[name] ?? []), listener]
      }
    }
    once(name, listener) {
      this.on(name, listener)
    }
    off(name, listener) {
      this.listeners[name] = (this.listeners[name] ?? []).filter((each) => each !== listener)
    }
    trigger(name, ...args) {
      for (const listener of this.listeners[name] ?? []) listener(...args)
    }
  }

  class Collection extends Events {
    models = new Map()
    get(id) {
      return this.models.get(id?._serialized ?? id)
    }
    getModelsArray() {
      return [...this.models.values()]
    }
    add(model) {
      this.models.set(model.id._serialized, model)
      this.trigger('add', model)
      return model
    }
  }

  const Msg = new (class extends Collection {
    async getMessagesById(ids) {
      return { messages: ids.map((id) => this.get(id)).filter(Boolean) }
    }
  })()
  const Chat = new Collection()

  function createWid(text) {
    const [user, server] = text.split('@')
    if (!user || !server) throw new Error('wid error: invalid wid')
    return {
      user,
      server,
      _serialized: text,
      isLid: () => server === 'lid',
      isGroup: () => server === 'g.us',
      isStatus: () => server === 'broadcast',
      toString: () => text,
    }
  }

  const plainWid = ({ user, server, _serialized }) => ({ user, server, _serialized })

  class Message extends Events {
    isNewMsg = true
    constructor(fields) {
      super()
      Object.assign(this, fields)
    }
    serialize() {
      const { id, type, t, from, to, body, caption, mimetype, size, directPath, ack, isStatusV3, broadcast } =
        this
      const fields = { type, t, body, caption, mimetype, size, directPath, ack, isStatusV3, broadcast }
      return { ...fields, from: plainWid(from), to: plainWid(to), isNewMsg: this.isNewMsg, id: { ...id } }
    }
    async downloadMedia() {
      this.mediaData.mediaStage = 'RESOLVED'
    }
  }

  class MsgKey {
    static newId = async () => `3EB0${crypto.randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`
    constructor({ to, id }) {
      this.fromMe = true
      this.remote = to
      this.id = id
      this._serialized = `true_${to._serialized}_${id}`
    }
  }

  function chatOf(id) {
    const known = Chat.get(id)
    if (known) return known
    const messages = []
    const chat = {
      id: createWid(id),
      unreadCount: 0,
      messages,
      formattedTitle: 'Conversa',
      msgs: { getModelsArray: () => messages },
      serialize: () => ({ id: plainWid(chat.id), unreadCount: chat.unreadCount, t: messages.at(-1)?.t }),
    }
    if (chat.id.isGroup()) chat.groupMetadata = { serialize: () => ({ participants: [] }) }
    return Chat.add(chat)
  }

  let me = createWid('5511900000099@c.us')

  /** A message from a person: `{ from, id, body?, type?, t?, … }`. */
  function incoming({ from, id, isNewMsg = true, ...fields }) {
    const message = new Message({
      type: 'chat',
      t: Math.floor(Date.now() / 1000),
      ack: 1,
      ...fields,
      from: createWid(from),
      to: me,
      isNewMsg,
      mediaData: { mediaStage: 'PENDING' },
      id: { fromMe: false, remote: from, id, _serialized: `false_${from}_${id}` },
    })
    const chat = chatOf(from)
    chat.messages.push(message)
    chat.unreadCount += 1
    Msg.add(message)
  }

  const Socket = Object.assign(new Events(), { state: 'OPENING', hasSynced: false })
  const Cmd = new Events()
  const Conn = Object.assign(new Events(), { ref: 'ref-1', serialize: () => ({ pushname: 'Assistente' }) })

  function setState(state) {
    Socket.state = state
    Socket.trigger('change:state', Socket, state)
  }

  /** As the real page: says so once; whoever listens later missed it. */
  function sync() {
    Socket.hasSynced = true
    Socket.trigger('change:hasSynced')
  }

  let sendMode = 'ok'

  function addAndSendMsgToChat(chat, fields) {
    if (sendMode === 'refuse') throw new Error('a sentence of the page')
    // The page may list a chat under the person's other id.
    const to = sendMode === 'other-id' ? createWid('900000000000001@lid') : fields.to
    const message = new Message({ ...fields, to })
    chat.messages.push(message)
    Msg.add(message)
    const { body, type, caption, fileName, fileText } = fields
    const linkPreview = fields.linkPreview !== undefined || fields.preview !== undefined
    report({
      what: 'sent',
      chat: chat.id._serialized,
      body,
      type,
      caption,
      fileName,
      fileText,
      linkPreview,
      id: message.id.id,
    })
    return [Promise.resolve(message), sendMode === 'hang' ? new Promise(() => {}) : Promise.resolve()]
  }

  class OpaqueData {
    static async createFromData(file) {
      return Object.assign(new OpaqueData(), { file, text: await file.text() })
    }
    url = () => 'blob:none'
    autorelease = () => undefined
    formData = () => this.file
  }

  const modules = {
    WAWebSocketModel: { Socket },
    WAWebCmd: { Cmd },
    WAWebConnModel: { Conn },
    WAWebOfflineHandler: { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } },
    WAWebAltDeviceLinkingApi: {},
    WABase64: { encodeB64: (bytes) => btoa(String.fromCharCode(...bytes)) },
    WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: '1' },
    WAWebAdvSignatureApi: {},
    WAWebUserPrefsInfoStore: {
      waNoiseInfo: { get: async () => ({ staticKeyPair: { pubKey: new Uint8Array([1, 2, 3]) } }) },
    },
    WAWebSignalStoreApi: {
      waSignalStore: {
        getRegistrationInfo: async () => ({ identityKeyPair: { pubKey: new Uint8Array([4, 5, 6]) } }),
      },
    },
    WAWebUserPrefsMultiDevice: { getADVSecretKey: () => 'adv-key' },
    WAWebUserPrefsMeUser: {
      getMaybeMePnUser: () => plainWid(me),
      getMaybeMeLidUser: () => createWid('900000000000099@lid'),
    },
    WAWebCollections: { Msg, Chat, GroupMetadata: { update: async () => undefined } },
    WAWebLidMigrationUtils: { toPn: (id) => id },
    WAWebSyncGatingUtils: {},
    WAWebCallCollection: {},
    WALinkify: { findLink: () => undefined, findLinks: () => [] },
    WAWebWidFactory: { createWid },
    WAWebFindChatAction: { findOrCreateLatestChat: async (id) => ({ chat: chatOf(id._serialized) }) },
    WAWebStreamModel: { Stream: { markAvailable() {}, markUnavailable() {} } },
    WAWebUpdateUnreadChatAction: {
      async sendSeen({ chat }) {
        chat.unreadCount = 0
        report({ what: 'seen', chat: chat.id._serialized })
      },
    },
    WAWebChatStateBridge: {
      async sendChatStateComposing(id) {
        report({ what: 'typing', chat: id._serialized })
      },
    },
    WAWebChatGetters: { getIsNewsletter: () => false, getIsBroadcast: () => false },
    WAWebMsgKey: MsgKey,
    WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
    WAWebSendMsgChatAction: { addAndSendMsgToChat },
    WAWebDownloadManager: {
      downloadManager: {
        async downloadAndMaybeDecrypt({ directPath }) {
          if (directPath === '/gone') throw Object.assign(new Error('gone'), { status: 404 })
          return new TextEncoder().encode(`file at ${directPath}`).buffer
        },
      },
    },
    WAWebBackendJobsCommon: { mediaTypeFromProtobuf: () => null },
    WAWebE2EProtoUtils: { typeAttributeFromProtobuf: () => 'text' },
    WAWebAddonReactionTableMode: { reactionTableMode: { bulkUpsert() {} } },
    WAWebAddonPollVoteTableMode: { pollVoteTableMode: { bulkUpsert() {} } },
    WAWebMediaOpaqueData: OpaqueData,
    WAWebPrepRawMedia: {
      prepRawMedia: ({ file, text }, { asDocument }) => ({
        async waitForPrep() {
          const mediaData = {
            filehash: 'hash',
            type: asDocument ? 'document' : 'image',
            fileName: file.name,
            fileText: text,
            mimetype: file.type,
            mediaBlob: Object.assign(new OpaqueData(), { file }),
            set() {},
            toJSON: () => ({ type: mediaData.type }),
          }
          return mediaData
        },
      }),
    },
    WAWebMediaStorage: { getOrCreateMediaObject: () => ({ type: 'document', consolidate() {} }) },
    WAWebMmsMediaTypes: { msgToMediaType: ({ type }) => type, castToV4: (type) => type },
    WAWebMediaDataUtils: { shouldUseMediaCache: () => false },
    WAWebMediaMmsV4Upload: { uploadMedia: async () => ({ mediaEntry: {} }) },
  }

  /** The link is in the profile: who finds it there needs no scan. */
  function profile(mode, work) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open('link', 1)
      opening.onupgradeneeded = () => opening.result.createObjectStore('link')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const change = opening.result.transaction('link', mode, { durability: 'strict' })
        const asked = work(change.objectStore('link'))
        change.oncomplete = () => {
          opening.result.close()
          resolve(asked.result)
        }
      }
    })
  }

  const commands = {
    ref({ ref }) {
      Conn.ref = ref
      Conn.trigger('change:ref', Conn, ref)
    },
    async scan() {
      await profile('readwrite', (store) => store.put(true, 'linked'))
      setState('CONNECTED')
      sync()
    },
    state: ({ state }) => setState(state),
    message: ({ message }) => incoming(message),
    ack({ id, ack }) {
      const message = Msg.getModelsArray().find((each) => each.id.id === id)
      message.ack = ack
      Msg.trigger('change:ack', message, ack)
    },
    sendMode({ mode }) {
      sendMode = mode
    },
    /** The person at the telephone writes by hand. */
    async byHand({ to, body }) {
      const id = new MsgKey({ to: createWid(to), id: await MsgKey.newId() })
      Msg.add(new Message({ id, type: 'chat', body, from: me, to: createWid(to), t: 1, ack: 1 }))
      Msg.trigger('change:ack', Msg.get(id._serialized), 2)
    },
    async logout() {
      await profile('readwrite', (store) => store.clear())
      Cmd.trigger('logout')
      location.href = '/?post_logout=1'
    },
    reload() {
      location.reload()
    },
    /** The page does nothing any more. */
    freeze() {
      for (;;) {}
    },
  }

  const socket = new WebSocket(`wss://${location.host}/test`)
  const report = (event) => socket.send(JSON.stringify(event))
  socket.onmessage = async ({ data }) => {
    const command = JSON.parse(data)
    await commands[command.do](command)
    report({ what: 'done' })
  }

  async function start() {
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    const world = await (await fetch('/world')).json()
    const linked = (await profile('readonly', (store) => store.get('linked'))) === true
    if (world.me) me = createWid(world.me)
    report({ what: 'opened', linked })
    window.require = (name) => {
      if (!(name in modules)) report({ what: 'unknown module', name })
      return modules[name]
    }
    window.Debug = { VERSION: '2.3000.0' }
    if (!linked) return setState('UNPAIRED')
    for (const message of world.unread ?? []) incoming({ ...message, isNewMsg: false })
    setState('CONNECTED')
    if (world.earlySync) return sync()
    while (!Socket.listeners['change:hasSynced']?.length)
      await new Promise((resolve) => setTimeout(resolve, 20))
    sync()
  }

  start().catch((error) => report({ what: 'fault', error: String(error) }))
})()

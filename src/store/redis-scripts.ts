import { createHash } from 'node:crypto'
import { DESK, deskBodies } from './redis-desk-scripts'

/**
 * Lua steps. Everything of one conversation, and the line it waits in, live in one of a few partitions; KEYS[1] is a
 * key of the partition and names its Redis Cluster node, so each step is atomic. Keys of a partition, after its base
 * `<prefix>:{<partition>}:`
 *
 *   ready          when each conversation with messages may be taken, also the end of its lease
 *   due, due2      when each conversation with replies (notices) may send, also the end of a sending
 *   dead           given up, by time
 *   m:<id>         f fence · u end of the lease · x end of the sending · w list it is from (o, n) · ko, kn since
 *                  when its head may have gone out · no, nn attempts · g pace · h replies wait until the person writes ·
 *                  y the day its life was last prolonged
 *   s:<id>  a:<id> state; when the person last wrote and, after a space, their address
 *   i:<id>  o:<id> messages in, replies out (lists); n:<id> notices by the time they are due
 *   d:<id>         digests of the messages seen
 *   e:<id>  r:<id> events, receipts
 *
 * Messages are kept as `<channel> <id>\n<JSON>`, so that a step can tell which one it holds without reading it.
 * ARGV[1] is the caller's time in milliseconds, or -1 for Redis's own, the only clock several machines agree on;
 * ARGV[2] is the base, ARGV[3] the conversation.
 */
const PRELUDE = `
local now, B, id = tonumber(ARGV[1]), ARGV[2], ARGV[3]
if now < 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local KEPT = 7776000
local function meta(c) return B .. 'm:' .. c end
local function wake(what) redis.call('SPUBLISH', B .. 'wake', what) end
local function leased(fence)
  local l = redis.call('HMGET', meta(id), 'f', 'u')
  return l[1] == fence and l[2] and tonumber(l[2]) > now
end
local function headed(entry, name) return entry and string.sub(entry, 1, #name + 1) == name .. '\\n' end
-- A message of the outbox by its id: the head of the replies, with the one after it, or wherever it is among the notices.
local function find(c, list, message)
  local entries = redis.call(list == 'o' and 'LRANGE' or 'ZRANGE', B .. list .. ':' .. c, 0, list == 'o' and 1 or -1)
  for i, entry in ipairs(entries) do
    if string.find(entry, ' ' .. message .. '\\n', 1, true) then return entry, list == 'o' and entries[2] end
    if list == 'o' then return end
  end
end
local function first(c, list)
  if list == 'o' then return redis.call('LINDEX', B .. 'o:' .. c, 0) end
  return redis.call('ZRANGE', B .. 'n:' .. c, 0, 0)[1]
end
-- When one more message may go to this person (0 for now), of their pace so far; and their pace if it goes now. One each
-- 'every' ms, 'burst' at once.
local function paced(pace, every, burst)
  if every == 0 then return 0 end
  local at = math.max(tonumber(pace or 0), now)
  if at - now > every * (burst - 1) then return at - every * (burst - 1) end
  return 0, at + every
end
local function pace(c, every, burst)
  if every == 0 then return 0 end
  local later, kept = paced(redis.call('HGET', meta(c), 'g'), every, burst)
  if kept then redis.call('HSET', meta(c), 'g', kept) end
  return later
end
-- Hands the head of a list to the caller for 'sending' ms.
local function hand(c, list, entry, sending)
  local m = redis.call('HMGET', meta(c), 'k' .. list, 't', 'n' .. list)
  local n = (tonumber(m[3]) or 0) + 1
  redis.call('HSET', meta(c), 'n' .. list, n, 'x', now + sending, 'w', list)
  redis.call('ZADD', B .. (list == 'o' and 'due' or 'due2'), now + sending, c)
  return {entry, redis.call('GET', B .. 'a:' .. c), n, m[1], m[2]}
end
-- When the notices of a conversation are looked at next.
local function notices(c)
  local earliest = redis.call('ZRANGE', B .. 'n:' .. c, 0, 0, 'WITHSCORES')[2]
  if earliest then redis.call('ZADD', B .. 'due2', earliest, c) else redis.call('ZREM', B .. 'due2', c) end
end
-- Takes a message that is done with out of the outbox, and hands over the reply after it ('after') if it may go.
local function gone(list, entry, after, every, burst, sending)
  if list == 'o' then redis.call('LPOP', B .. 'o:' .. id)
  else
    redis.call('ZREM', B .. 'n:' .. id, entry)
    after = redis.call('LINDEX', B .. 'o:' .. id, 0)
  end
  redis.call('HDEL', meta(id), 'x', 'w', 'k' .. list, 'n' .. list)
  if list == 'n' or redis.call('EXISTS', B .. 'n:' .. id) == 1 then notices(id) end
  if not after then redis.call('ZREM', B .. 'due', id)
  elseif sending == 0 then redis.call('ZADD', B .. 'due', now, id)
  else
    local at = pace(id, every, burst)
    if at == 0 then return hand(id, 'o', after, sending) end
    redis.call('ZADD', B .. 'due', at, id)
  end
  return 1
end
`

const bodies = {
  /** 4 name, 5 message, 6 digest, 7 repeats for, 8 contact or '', 9 claim for (0: do not), 10 how many messages */
  append: `
local seen = B .. 'd:' .. id
if redis.call('ZADD', seen, 'NX', now, ARGV[6]) == 0 then
  if tonumber(redis.call('ZSCORE', seen, ARGV[6])) > now - ARGV[7] then return 0 end
  redis.call('ZADD', seen, now, ARGV[6])
end
local m = redis.call('HMGET', meta(id), 'u', 'h', 't', 'f', 'y')
-- What a conversation keeps lives on with each message; once a day is near enough.
local day = string.format('%d', now / 86400000)
local anew = m[5] ~= day
if anew then
  redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - ARGV[7])
  redis.call('PEXPIRE', seen, ARGV[7] + 86400000)
end
local contact = redis.call('GET', B .. 'a:' .. id)
if ARGV[8] ~= '' and ARGV[8] ~= contact then
  -- A message that comes late does not move back when the person last wrote.
  local last = tonumber(string.match(contact or '0', '^%d+'))
  local wrote, address = string.match(ARGV[8], '^(%d+)(.*)$')
  contact = string.format('%.0f', math.max(last, tonumber(wrote))) .. address
  redis.call('SET', B .. 'a:' .. id, contact, 'EX', KEPT)
end
local length = redis.call('RPUSH', B .. 'i:' .. id, ARGV[4] .. '\\n' .. ARGV[5])
if m[2] then
  redis.call('HDEL', meta(id), 'h')
  redis.call('ZADD', B .. 'due', now, id)
  wake('o')
end
local claim = tonumber(ARGV[9])
local free = not m[1] or tonumber(m[1]) <= now
if free and claim > 0 then
  local fence = (tonumber(m[4]) or 0) + 1
  redis.call('HSET', meta(id), 'f', fence, 'u', now + claim, 'y', day)
  if anew then redis.call('EXPIRE', meta(id), KEPT) end
  redis.call('ZADD', B .. 'ready', now + claim, id)
  local waiting = length > 1 and redis.call('LRANGE', B .. 'i:' .. id, 0, ARGV[10] - 1)
  local ticket = m[3] and redis.call('GET', B .. 'h:' .. id)
  return {fence, redis.call('GET', B .. 's:' .. id), contact, waiting, ticket}
end
if anew then
  redis.call('HSET', meta(id), 'y', day)
  redis.call('EXPIRE', meta(id), KEPT)
end
if not free then return 1 end
-- One that waits for a moment (a burst) is looked at again now that there is more.
redis.call('ZADD', B .. 'ready', now, id)
wake('i')
return 1`,
  /** 4 lease for, 5 how many conversations, 6 how many messages of each */
  lease: `
local out = {}
for _, c in ipairs(redis.call('ZRANGEBYSCORE', B .. 'ready', '-inf', now, 'LIMIT', 0, ARGV[5])) do
  local waiting = redis.call('LRANGE', B .. 'i:' .. c, 0, ARGV[6] - 1)
  local m = redis.call('HMGET', meta(c), 'u', 't', 'f')
  local held = m[1]
  if #waiting == 0 then redis.call('ZREM', B .. 'ready', c)
  elseif held and tonumber(held) > now then redis.call('ZADD', B .. 'ready', held, c)
  else
    local fence = (tonumber(m[3]) or 0) + 1
    redis.call('HSET', meta(c), 'f', fence, 'u', now + ARGV[4])
    redis.call('EXPIRE', meta(c), KEPT)
    redis.call('ZADD', B .. 'ready', now + ARGV[4], c)
    local ticket = m[2] and redis.call('GET', B .. 'h:' .. c)
    out[#out + 1] = {c, fence, redis.call('GET', B .. 's:' .. c), redis.call('GET', B .. 'a:' .. c), waiting, ticket}
  end
end
return out`,
  /** 4 fence, 5 lease for */
  renew: `
if not leased(ARGV[4]) then return 0 end
redis.call('HSET', meta(id), 'u', now + ARGV[5])
redis.call('ZADD', B .. 'ready', now + ARGV[5], id)
return 1`,
  /** 4 fence, 5 not before (0: at once) */
  release: `
if redis.call('HGET', meta(id), 'f') ~= ARGV[4] then return 0 end
redis.call('HDEL', meta(id), 'u')
if redis.call('EXISTS', B .. 'i:' .. id) == 0 then return redis.call('ZREM', B .. 'ready', id) end
redis.call('ZADD', B .. 'ready', math.max(now, tonumber(ARGV[5])), id)
if ARGV[5] == '0' then wake('i') end
return 1`,
  /**
   * 4 fence, 5 how many handled, 6 how many messages to answer with, 7 state, 8 every, 9 burst, 10 sending,
   * 11 how many replies, 12 lines, 13 journal, 14 expected ticket, 15 ticket or '', 16 whose it is then; then the names
   * of the handled, name, message and line of each reply, the lines, the journal, the events
   */
  commit: `${DESK}
local m = redis.call('HMGET', meta(id), 'f', 'u', 't', 'x', 'g')
if m[1] ~= ARGV[4] or not m[2] or tonumber(m[2]) <= now then return 0 end
local inbox, outbox, handled, replies = B .. 'i:' .. id, B .. 'o:' .. id, tonumber(ARGV[5]), tonumber(ARGV[11])
local waiting = redis.call('LRANGE', inbox, 0, handled + ARGV[6] - 1)
for i = 1, handled do if not headed(waiting[i], ARGV[16 + i]) then return 0 end end
if not fits(ARGV[14]) then
  return {{unpack(waiting, 1, ARGV[6])}, false, m[3] and redis.call('GET', B .. 'h:' .. id), 1}
end
redis.call('LPOP', inbox, handled)
waiting = {unpack(waiting, handled + 1)}
redis.call('SET', B .. 's:' .. id, ARGV[7], 'EX', KEPT)
local was, is, lines, said = m[3], m[3], {}, {}
if ARGV[15] ~= '' then
  put(ARGV[15], ARGV[16])
  is = ARGV[16] ~= '' and ARGV[16]
  if (was or 'b') == 'b' and is and is ~= 'b' then silence(lines) end
end
local at, pushed, length, head = 16 + handled, 0, 0, nil
for i = 1, replies do
  local line = ARGV[at + 3]
  if is and is ~= 'b' and ofBot(ARGV[at + 2]) then line = 'u' .. string.sub(line, 2)
  else
    local entry = ARGV[at + 1] .. '\\n' .. ARGV[at + 2]
    length = redis.call('RPUSH', outbox, entry)
    pushed, head = pushed + 1, head or entry
  end
  said[i] = line
  at = at + 3
end
for i = at + 1, at + ARGV[12] do lines[#lines + 1] = ARGV[i] end
for i = 1, replies do lines[#lines + 1] = said[i] end
at = at + ARGV[12]
say(lines, is or was)
for i = at + 1, at + ARGV[13] do note(ARGV[i]) end
at = at + ARGV[13]
if was or is then
  if not is then ended(ARGV[15]) elseif not was then redis.call('EXPIRE', B .. 'l:' .. id, KEPT) end
  told()
end
if at < #ARGV then
  local events = B .. 'e:' .. id
  if redis.call('RPUSH', events, unpack(ARGV, at + 1)) > 100 then redis.call('LTRIM', events, -100, -1) end
  redis.call('EXPIRE', events, LIVES)
end
local set, sending = {}, false
if #waiting == 0 then
  set = {'u', 0}
  redis.call('ZREM', B .. 'ready', id)
end
if pushed > 0 and length == pushed and not m[4] then
  -- As 'hand' does with a head that was never tried, in one write with the rest.
  local later, kept = paced(m[5], tonumber(ARGV[8]), tonumber(ARGV[9]))
  if later == 0 then
    later = now + ARGV[10]
    for _, each in ipairs({'no', 1, 'x', later, 'w', 'o'}) do set[#set + 1] = each end
    sending = {head, redis.call('GET', B .. 'a:' .. id), 1, false, is}
  end
  if kept then
    set[#set + 1] = 'g'
    set[#set + 1] = kept
  end
  redis.call('ZADD', B .. 'due', later, id)
elseif pushed > 0 then redis.call('ZADD', B .. 'due', 'NX', now, id) end
if #set > 0 then redis.call('HSET', meta(id), unpack(set)) end
return {waiting, sending, is and #waiting > 0 and redis.call('GET', B .. 'h:' .. id)}`,
  /** 4 how many, 5 o or n, 6 sending, then channel, every and burst of each channel that has a pace */
  take: `
local paces = {}
for i = 7, #ARGV, 3 do paces[ARGV[i]] = {tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])} end
local list, out = ARGV[5], {}
local due = B .. (list == 'o' and 'due' or 'due2')
for _, c in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[4])) do
  local entry = first(c, list)
  local m = redis.call('HMGET', meta(c), 'x', 'w')
  local busy = m[1] and tonumber(m[1]) > now
  if not entry then redis.call('ZREM', due, c)
  elseif busy then redis.call('ZADD', due, m[1], c)
  else
    -- Its sender died, or froze: whether the message went out is not known.
    if m[1] then
      redis.call('HSET', meta(c), 'k' .. m[2], m[1])
      redis.call('HDEL', meta(c), 'x', 'w')
    end
    if list == 'n' and redis.call('EXISTS', B .. 'o:' .. c) == 1 then redis.call('ZADD', due, now + 2000, c)
    else
      local p = paces[string.match(entry, '^(%S+) ')]
      local later = p and pace(c, p[1], p[2]) or 0
      if later > 0 then redis.call('ZADD', due, later, c)
      else out[#out + 1] = hand(c, list, entry, tonumber(ARGV[6])) end
    end
  end
end
return out`,
  /** 4 id, 5 o or n, 6 every, 7 burst, 8 sending */
  sent: `
local entry, after = find(id, ARGV[5], ARGV[4])
if not entry then return 0 end
return gone(ARGV[5], entry, after, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]))`,
  /** as sent, then 9 the dead letter */
  giveUp: `
local entry, after = find(id, ARGV[5], ARGV[4])
if not entry then return 0 end
redis.call('ZADD', B .. 'dead', now, ARGV[9])
redis.call('ZREMRANGEBYRANK', B .. 'dead', 0, -10001)
return gone(ARGV[5], entry, after, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]))`,
  /** 4 id, 5 o or n, 6 when, 7 whether the try counts, 8 whether it may have gone out, 9 whether it is held */
  putBack: `${DESK}
local entry = find(id, ARGV[5], ARGV[4])
if not entry then return 0 end
local list, at, held = ARGV[5], ARGV[6], ARGV[9] == '1'
redis.call('HDEL', meta(id), 'x', 'w')
-- The bot's is to be withheld at once, and nobody of the desk waits behind it.
if list == 'o' and owner() ~= 'b' and ofBot(entry) then
  at, held = now, false
  wake('o')
end
if ARGV[7] == '0' then redis.call('HINCRBY', meta(id), 'n' .. list, -1) end
if ARGV[8] == '1' then redis.call('HSETNX', meta(id), 'k' .. list, now)
else redis.call('HDEL', meta(id), 'k' .. list) end
if held then redis.call('HSET', meta(id), 'h', 1) end
if list == 'o' then redis.call('ZADD', B .. 'due', at, id)
else
  redis.call('ZADD', B .. 'n:' .. id, at, entry)
  if redis.call('EXISTS', B .. 'o:' .. id) == 1 then redis.call('ZADD', B .. 'due', now, id) end
end
notices(id)
return 1`,
  /** 4 name, 5 message, 6 digest, 7 repeats for, 8 when */
  add: `
local seen = B .. 'd:' .. id
redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - ARGV[7])
if redis.call('ZSCORE', seen, ARGV[6]) then return 0 end
redis.call('ZADD', seen, now, ARGV[6])
redis.call('PEXPIRE', seen, ARGV[7] + 86400000)
redis.call('ZADD', B .. 'n:' .. id, ARGV[8], ARGV[4] .. '\\n' .. ARGV[5])
notices(id)
wake('o')
return 1`,
  /** 4 id, 5 rank, 6 what is kept, 7 kept for, 8 whether it arrived */
  receipt: `
local key = B .. 'r:' .. id
local known = redis.call('HGET', key, ARGV[4])
if known and tonumber(string.sub(known, 1, 1)) >= tonumber(ARGV[5]) then return 0 end
if known and ARGV[8] == '0' and tonumber(string.sub(known, 1, 1)) > 1 then return 0 end
redis.call('HSET', key, ARGV[4], ARGV[6])
redis.call('EXPIRE', key, ARGV[7])
if ARGV[8] ~= '1' then return 1 end
local m = redis.call('HMGET', meta(id), 'x', 'w', 'ko', 'kn')
for i, list in ipairs({'o', 'n'}) do
  if (m[1] and m[2] == list) or m[2 + i] then
    local entry, after = find(id, list, ARGV[4])
    if entry then
      gone(list, entry, after, 0, 0, 0)
      wake('o')
    end
  end
end
return 1`,
  /** 4 id, 5 whether it goes back into the outbox */
  dead: `
for _, letter in ipairs(redis.call('ZRANGE', B .. 'dead', 0, -1)) do
  if headed(letter, ARGV[4]) then
    redis.call('ZREM', B .. 'dead', letter)
    if ARGV[5] == '0' then return 1 end
    local kept = cjson.decode(string.sub(letter, #ARGV[4] + 2))
    id = kept.conversationId
    if kept.list == 'n' then
      redis.call('ZADD', B .. 'n:' .. id, now, kept.entry)
      notices(id)
    else
      redis.call('RPUSH', B .. 'o:' .. id, kept.entry)
      redis.call('ZADD', B .. 'due', 'NX', now, id)
    end
    wake('o')
    return 1
  end
end
return 0`,
  /** 4 entry, 5 mark or '' */
  say: `
local marks = B .. 'k:' .. id
if ARGV[5] ~= '' then
  local known = redis.call('HGET', marks, ARGV[5])
  if known then return tonumber(known) end
end
local sequence = redis.call('RPUSH', B .. 't:' .. id, ARGV[4])
redis.call('EXPIRE', B .. 't:' .. id, KEPT)
if ARGV[5] ~= '' then
  redis.call('HSET', marks, ARGV[5], sequence)
  redis.call('EXPIRE', marks, KEPT)
end
redis.call('SPUBLISH', B .. 'said:' .. id, sequence .. '\\n' .. ARGV[4])
return sequence`,
  /** 3 a value, 4 its life */
  write: `return redis.call('SET', KEYS[1], (now + tonumber(ARGV[4])) .. '|' .. ARGV[3], 'PX', ARGV[4])`,
  /** 3 'take' or 'keep' */
  read: `
local held = redis.call('GET', KEYS[1])
if not held then return false end
local bar = string.find(held, '|', 1, true)
if ARGV[3] == 'take' then redis.call('DEL', KEYS[1]) end
if tonumber(string.sub(held, 1, bar - 1)) <= now then return false end
return string.sub(held, bar + 1)`,
  /** 3 wanted, 4 a second, 5 left in it; the bucket holds one second's worth, one at least */
  limit: `
local wanted, rate, kept = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local most = math.max(rate, kept + 1)
local held = redis.call('HMGET', KEYS[1], 'n', 't')
local n = held[1] and math.min(most, tonumber(held[1]) + (now - tonumber(held[2])) * rate / 1000) or most
local granted = math.max(0, math.min(wanted, math.floor(n - kept)))
redis.call('HSET', KEYS[1], 'n', tostring(n - granted), 't', now)
redis.call('PEXPIRE', KEYS[1], 60000)
return {granted, granted > 0 and 0 or math.ceil((1 + kept - n) * 1000 / rate)}`,
  ...deskBodies,
  change: DESK + deskBodies.change,
  withhold: DESK + deskBodies.withhold,
} as const

export type ScriptName = keyof typeof bodies

/** Source and SHA-1 of each script, as EVALSHA wants it. */
export const scripts = Object.fromEntries(
  Object.entries(bodies).map(([name, body]) => {
    const source = PRELUDE + body
    return [name, { source, sha: createHash('sha1').update(source).digest('hex') }]
  }),
) as Record<ScriptName, { source: string; sha: string }>

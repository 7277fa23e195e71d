/**
 * The desk's part of the Lua steps; keys of a partition beside those of `redis-scripts.ts`:
 *
 *   m:<id>         t whose the conversation is while a ticket is open: b bot · q queue · a agent; l lines ever said
 *   h:<id>         its ticket, `<ticket's id> <version>\n<JSON>`; one that ended lives for two hours
 *   l:<id>         what was said of late (see `packLine`)
 *   open           conversations whose ticket is open
 *   j, jd          what the database is to know, and how many entries are gone from it
 *   agents, worked who is at work, `<until>|<JSON>`, and when each last had somebody (of the first partition only)
 */
export const DESK = `
local LIVES = 7200
local function owner() return redis.call('HGET', meta(id), 't') or 'b' end
-- Whether the open ticket is the one a step expects ('' for none, '-' for any).
local function fits(expected)
  if expected == '-' then return true end
  local name = ''
  if redis.call('HEXISTS', meta(id), 't') == 1 then
    name = string.match(redis.call('GET', B .. 'h:' .. id) or '', '^[^\\n]*')
  end
  return name == expected
end
local function ofBot(entry) return not string.find(entry, '[{,]"speaker":"') end
local DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
local function unsaid(entry)
  local text, n, at = cjson.decode(string.sub(entry, string.find(entry, '\\n', 1, true) + 1)).text, now, ''
  while n > 0 do
    at = string.sub(DIGITS, n % 36 + 1, n % 36 + 1) .. at
    n = math.floor(n / 36)
  end
  return 'u' .. at .. '\\t\\t' .. text
end
-- What the bot said and nobody took yet is not said any more, now that people have the conversation.
local function silence(lines)
  local outbox = B .. 'o:' .. id
  local entries = redis.call('LRANGE', outbox, 0, -1)
  local m = redis.call('HMGET', meta(id), 'x', 'w')
  local kept, first = {}, entries[1]
  for i, entry in ipairs(entries) do
    if not ofBot(entry) or (i == 1 and m[1] and m[2] == 'o') then kept[#kept + 1] = entry
    else lines[#lines + 1] = unsaid(entry) end
  end
  if #kept == #entries then return end
  redis.call('DEL', outbox)
  for _, entry in ipairs(kept) do redis.call('RPUSH', outbox, entry) end
  if kept[1] ~= first then
    redis.call('HDEL', meta(id), 'ko', 'no', 'h')
    if kept[1] then redis.call('ZADD', B .. 'due', now, id) else redis.call('ZREM', B .. 'due', id) end
  end
end
local function say(lines, open)
  if #lines == 0 then return end
  local key = B .. 'l:' .. id
  local length, most = redis.call('RPUSH', key, unpack(lines)), open and 1000 or 40
  redis.call('HINCRBY', meta(id), 'l', #lines)
  if length > most then redis.call('LTRIM', key, -most, -1) end
  redis.call('EXPIRE', key, open and KEPT or LIVES)
end
local function note(entry)
  if redis.call('RPUSH', B .. 'j', entry) > 10000 then
    redis.call('LPOP', B .. 'j')
    redis.call('INCR', B .. 'jd')
  end
end
-- Stores a ticket ('' for none) of which the conversation is 'letter' s ('' when it ended).
local function put(ticket, letter)
  if ticket == '' then return end
  if letter == '' then redis.call('HDEL', meta(id), 't')
  else redis.call('HSET', meta(id), 't', letter) end
  redis.call('PEXPIRE', meta(id), KEPT * 1000)
  redis.call('SET', B .. 'h:' .. id, ticket, 'EX', letter == '' and LIVES or KEPT)
  redis.call(letter == '' and 'SREM' or 'SADD', B .. 'open', id)
end
-- What a ticket that ended leaves to the journal, its lines included.
local function ended(ticket)
  local key = B .. 'l:' .. id
  local lines = redis.call('LRANGE', key, 0, -1)
  local first = (tonumber(redis.call('HGET', meta(id), 'l')) or 0) - #lines + 1
  note('E ' .. string.match(ticket, '^%S+') .. ' ' .. string.format('%d', first) .. '\\n' .. cjson.encode(lines))
  redis.call('EXPIRE', key, LIVES)
end
local function told() wake('h' .. id) end
`

export const deskBodies = {
  /**
   * 4 expected ticket, 5 ticket or '', 6 whose it is then, 7 digest of the key or '', 8 repeats for, 9 name and
   * 10 message of what follows in the inbox, 11 how many replies, 12 lines, 13 journal; then name, message and line of
   * each reply, the lines, the journal
   */
  change: `
local seen = B .. 'd:' .. id
if ARGV[7] ~= '' then
  redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - ARGV[8])
  if redis.call('ZSCORE', seen, ARGV[7]) then return 'repeated' end
end
if not fits(ARGV[4]) then return 'stale' end
if ARGV[7] ~= '' then
  redis.call('ZADD', seen, now, ARGV[7])
  redis.call('PEXPIRE', seen, ARGV[8] + 86400000)
end
local was = redis.call('HGET', meta(id), 't')
put(ARGV[5], ARGV[6])
local is = owner()
local lines, at = {}, 13
if (was or 'b') == 'b' and is ~= 'b' then silence(lines) end
local replies, said = tonumber(ARGV[11]), {}
for _ = 1, replies do
  local line = ARGV[at + 3]
  if is ~= 'b' and ofBot(ARGV[at + 2]) then line = 'u' .. string.sub(line, 2)
  else
    redis.call('RPUSH', B .. 'o:' .. id, ARGV[at + 1] .. '\\n' .. ARGV[at + 2])
    redis.call('ZADD', B .. 'due', 'NX', now, id)
  end
  said[#said + 1] = line
  at = at + 3
end
for i = at + 1, at + ARGV[12] do lines[#lines + 1] = ARGV[i] end
for _, line in ipairs(said) do lines[#lines + 1] = line end
at = at + ARGV[12]
local open = redis.call('HEXISTS', meta(id), 't') == 1
say(lines, open or was)
for i = at + 1, at + ARGV[13] do note(ARGV[i]) end
if was and not open then ended(ARGV[5]) elseif open and not was then redis.call('EXPIRE', B .. 'l:' .. id, KEPT) end
if ARGV[9] ~= '' then
  redis.call('RPUSH', B .. 'i:' .. id, ARGV[9] .. '\\n' .. ARGV[10])
  local held = redis.call('HGET', meta(id), 'u')
  if not held or tonumber(held) <= now then
    redis.call('ZADD', B .. 'ready', now, id)
    wake('i')
  end
end
if replies > 0 then wake('o') end
if was or open then told() end
return 'stored'`,
  /** as sent, then nothing: the line is made of the message */
  withhold: `
local entry, after = find(id, ARGV[5], ARGV[4])
if not entry then return 0 end
say({unsaid(entry)}, redis.call('HEXISTS', meta(id), 't') == 1)
told()
return gone(ARGV[5], entry, after, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]))`,
  /** the tickets that are open in this partition */
  open: `
local out = {}
for _, c in ipairs(redis.call('SMEMBERS', B .. 'open')) do
  local ticket = redis.call('GET', B .. 'h:' .. c)
  if ticket then out[#out + 1] = ticket else redis.call('SREM', B .. 'open', c) end
end
return out`,
  /** lines and how many there were ever */
  lines: `return {redis.call('HGET', meta(id), 'l'), redis.call('LRANGE', B .. 'l:' .. id, 0, -1)}`,
  /** 4 how many */
  journal: `return {redis.call('GET', B .. 'jd'), redis.call('LRANGE', B .. 'j', 0, ARGV[4] - 1)}`,
  /** 4 how many are gone then */
  copied: `
local gone = tonumber(redis.call('GET', B .. 'jd') or 0)
if tonumber(ARGV[4]) <= gone then return 0 end
redis.call('LTRIM', B .. 'j', ARGV[4] - gone, -1)
return redis.call('SET', B .. 'jd', ARGV[4])`,
  /** 4 agent, 5 presence, 6 for how long (0: gone) */
  present: `
local key = B .. 'agents'
local held = redis.call('HGET', key, ARGV[4])
if ARGV[6] == '0' then
  if redis.call('HDEL', key, ARGV[4]) == 1 then wake('a') end
  return 1
end
redis.call('HSET', key, ARGV[4], string.format('%.0f', now + ARGV[6]) .. '|' .. ARGV[5])
redis.call('EXPIRE', key, KEPT)
local till, same = string.match(held or '0|', '^(%d+)|(.*)$')
if tonumber(till) <= now or same ~= ARGV[5] then wake('a') end
return 1`,
  /** those at work, and when each last had somebody */
  agents: `
local key, out = B .. 'agents', {}
local held = redis.call('HGETALL', key)
for i = 1, #held, 2 do
  local till, agent = string.match(held[i + 1], '^(%d+)|(.*)$')
  if tonumber(till) > now then out[#out + 1] = {agent, redis.call('HGET', B .. 'worked', held[i])}
  else redis.call('HDEL', key, held[i]) end
end
return out`,
  /** 4 agent, 5 when they last had somebody */
  worked: `
redis.call('HSET', B .. 'worked', ARGV[4], ARGV[5])
return redis.call('EXPIRE', B .. 'worked', KEPT)`,
  /** 3 worker, 4 for how long (0: it resigns) */
  lead: `
local till, worker = string.match(redis.call('GET', KEYS[1]) or '0|', '^(%d+)|(.*)$')
if worker ~= ARGV[3] and tonumber(till) > now then return 0 end
if ARGV[4] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.0f', now + ARGV[4]) .. '|' .. ARGV[3], 'PX', ARGV[4])
return 1`,
} as const

/**
 * The same job on Redis in three ways, without what the store does besides (contacts, events, pace, the outbox's
 * turns). KEYS[1] names the partition's node; ARGV[1] is the partition's base, ARGV[2] the conversation. Shared keys:
 * d: messages seen, s: state, o: replies, m: lease (f fence, u until) and, where the queue keeps no order of a
 * conversation by itself, q the last message appended and p the last one handled.
 */
const PRELUDE = `
local B, id = ARGV[1], ARGV[2]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local function seen(name)
  if redis.call('ZSCORE', B .. 'd:' .. id, name) then return true end
  redis.call('ZADD', B .. 'd:' .. id, now, name)
  redis.call('PEXPIRE', B .. 'd:' .. id, 604800000)
end
local function lease(c, ms)
  redis.call('HSET', B .. 'm:' .. c, 'u', now + ms)
  return redis.call('HINCRBY', B .. 'm:' .. c, 'f', 1)
end
local function leased(fence)
  local l = redis.call('HMGET', B .. 'm:' .. id, 'f', 'u')
  return l[1] == fence and l[2] and tonumber(l[2]) > now
end
local function write(state, reply)
  redis.call('SET', B .. 's:' .. id, state, 'EX', 7776000)
  redis.call('RPUSH', B .. 'o:' .. id, reply)
end
-- Where messages of a conversation may reach different workers: whether it is this one's turn.
local function turn(c, sequence, ms)
  local m = redis.call('HMGET', B .. 'm:' .. c, 'p', 'u')
  if tonumber(m[1] or 0) + 1 ~= tonumber(sequence) or (m[2] and tonumber(m[2]) > now) then return false end
  return {lease(c, ms), redis.call('GET', B .. 's:' .. c)}
end
local function after(sequence)
  redis.call('HSET', B .. 'm:' .. id, 'p', sequence)
  redis.call('HDEL', B .. 'm:' .. id, 'u')
  if redis.call('HGET', B .. 'm:' .. id, 'q') ~= sequence then redis.call('SPUBLISH', B .. 'wake', id) end
  return 1
end
`

const bodies = {
  /** A list of each conversation, and a sorted set of those to be taken. 3 name, 4 message */
  listAppend: `
if seen(ARGV[3]) then return 0 end
redis.call('RPUSH', B .. 'i:' .. id, ARGV[3] .. '\\n' .. ARGV[4])
local u = redis.call('HGET', B .. 'm:' .. id, 'u')
if u and tonumber(u) > now then return 1 end
redis.call('ZADD', B .. 'ready', now, id)
redis.call('SPUBLISH', B .. 'wake', '')
return 1`,
  /** As above, and whoever stores it also takes the conversation if nobody works on it. 5 lease for */
  listAppendAndTake: `
if seen(ARGV[3]) then return 0 end
local length = redis.call('RPUSH', B .. 'i:' .. id, ARGV[3] .. '\\n' .. ARGV[4])
local u = redis.call('HGET', B .. 'm:' .. id, 'u')
if u and tonumber(u) > now then return 1 end
local fence = lease(id, ARGV[5])
redis.call('ZADD', B .. 'ready', now + ARGV[5], id)
local waiting = length > 1 and redis.call('LRANGE', B .. 'i:' .. id, 0, 9)
return {fence, redis.call('GET', B .. 's:' .. id), waiting}`,
  /** 3 lease for, 4 how many */
  listTake: `
local out = {}
for _, c in ipairs(redis.call('ZRANGEBYSCORE', B .. 'ready', '-inf', now, 'LIMIT', 0, ARGV[4])) do
  local waiting = redis.call('LRANGE', B .. 'i:' .. c, 0, 9)
  if #waiting == 0 then redis.call('ZREM', B .. 'ready', c)
  else
    local fence = lease(c, ARGV[3])
    redis.call('ZADD', B .. 'ready', now + ARGV[3], c)
    out[#out + 1] = {c, fence, redis.call('GET', B .. 's:' .. c), waiting}
  end
end
return out`,
  /** 3 fence, 4 name, 5 state, 6 reply; gives what waits */
  listCommit: `
if not leased(ARGV[3]) then return 0 end
local head = redis.call('LINDEX', B .. 'i:' .. id, 0)
if not head or string.sub(head, 1, #ARGV[4] + 1) ~= ARGV[4] .. '\\n' then return 0 end
redis.call('LPOP', B .. 'i:' .. id)
write(ARGV[5], ARGV[6])
local waiting = redis.call('LRANGE', B .. 'i:' .. id, 0, 9)
if #waiting == 0 then
  redis.call('HDEL', B .. 'm:' .. id, 'u')
  redis.call('ZREM', B .. 'ready', id)
end
return waiting`,
  /** A stream of each partition and a group of its readers. 3 name, 4 message */
  streamAppend: `
if seen(ARGV[3]) then return 0 end
local sequence = redis.call('HINCRBY', B .. 'm:' .. id, 'q', 1)
redis.call('XADD', B .. 'stream', '*', 'c', id, 's', sequence, 'n', ARGV[3], 'b', ARGV[4])
return 1`,
  /** 3 lease for, then conversation and number of each message; what may be worked on now */
  turns: `
local out = {}
for i = 4, #ARGV, 2 do out[#out + 1] = turn(ARGV[i], ARGV[i + 1], ARGV[3]) end
return out`,
  /** 3 fence, 4 number, 5 state, 6 reply, 7 entry */
  streamCommit: `
if not leased(ARGV[3]) then return 0 end
write(ARGV[5], ARGV[6])
redis.call('XACK', B .. 'stream', 'workers', ARGV[7])
redis.call('XDEL', B .. 'stream', ARGV[7])
return after(ARGV[4])`,
  /** A list of each partition, and one of each worker. 3 name, 4 message */
  moveAppend: `
if seen(ARGV[3]) then return 0 end
local sequence = redis.call('HINCRBY', B .. 'm:' .. id, 'q', 1)
redis.call('LPUSH', B .. 'queue', id .. '\\n' .. sequence .. '\\n' .. ARGV[3] .. '\\n' .. ARGV[4])
return 1`,
  /** 3 fence, 4 number, 5 state, 6 reply, 7 entry, 8 worker */
  moveCommit: `
if not leased(ARGV[3]) then return 0 end
write(ARGV[5], ARGV[6])
redis.call('LREM', B .. 'working:' .. ARGV[8], -1, ARGV[7])
return after(ARGV[4])`,
  /** 3 worker, 4 how long it is alive without saying so again; what the dead held goes back to the front */
  moveAlive: `
redis.call('SADD', B .. 'workers', ARGV[3])
redis.call('SET', B .. 'alive:' .. ARGV[3], 1, 'PX', ARGV[4])
for _, w in ipairs(redis.call('SMEMBERS', B .. 'workers')) do
  if redis.call('EXISTS', B .. 'alive:' .. w) == 0 then
    while redis.call('LMOVE', B .. 'working:' .. w, B .. 'queue', 'LEFT', 'RIGHT') do end
    redis.call('SREM', B .. 'workers', w)
  end
end
return 1`,
}

export type QueueScript = keyof typeof bodies

export const queueScripts = Object.fromEntries(
  Object.entries(bodies).map(([name, body]) => [name, PRELUDE + body]),
) as Record<QueueScript, string>

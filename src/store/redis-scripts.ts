/**
 * Lua steps, each on the keys of one hash tag. ARGV[1] is the caller's time in milliseconds, or -1 for Redis's own,
 * which is the only clock several machines agree on.
 */
export const scripts = {
  time: `
local now = tonumber(ARGV[1])
if now < 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local function leased(key, fence)
  local lease = redis.call('HMGET', key, 'fence', 'until')
  return lease[1] == fence and tonumber(lease[2]) > now
end
`,
  /** Says that there is something to look at, later in line than what waits already. */
  mark: `return redis.call('ZADD', KEYS[1], now, ARGV[2])`,
  /** Takes the mark away unless it was renewed meanwhile. */
  unmark: `
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2])) == tonumber(ARGV[3]) then redis.call('ZREM', KEYS[1], ARGV[2]) end
return 0`,
  postpone: `return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2])`,
  append: `
local seen = redis.call('GET', KEYS[2])
if seen and now - tonumber(seen) < tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[2], now, 'PX', ARGV[3])
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1`,
  /** The new fence; 0 when nothing waits, -1 when another worker holds the lease. */
  lease: `
if redis.call('LLEN', KEYS[1]) == 0 then return 0 end
local held = redis.call('HGET', KEYS[2], 'until')
if held and tonumber(held) > now then return -1 end
local fence = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[2], 'fence', fence, 'until', now + tonumber(ARGV[2]))
return fence`,
  next: `
if not leased(KEYS[2], ARGV[2]) then return 0 end
return redis.call('LINDEX', KEYS[1], 0)`,
  release: `
if redis.call('HGET', KEYS[2], 'fence') == ARGV[2] then redis.call('DEL', KEYS[2]) end
return redis.call('LLEN', KEYS[1])`,
  commit: `
if not leased(KEYS[2], ARGV[2]) then return 0 end
local first = redis.call('LINDEX', KEYS[1], 0)
if not first or cjson.decode(first).id ~= ARGV[3] then return 0 end
redis.call('LPOP', KEYS[1])
redis.call('SET', KEYS[3], ARGV[4])
local replies = 5 + tonumber(ARGV[5])
for i = 6, replies do redis.call('RPUSH', KEYS[4], ARGV[i]) end
for i = replies + 1, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
return 1`,
  /** The first message and how often it was tried; 0 when there is none, -1 when it is being sent or waits. */
  take: `
local first = redis.call('LINDEX', KEYS[1], 0)
if not first then return 0 end
local sending = redis.call('GET', KEYS[2])
if sending and tonumber(sending) > now then return -1 end
redis.call('SET', KEYS[2], now + tonumber(ARGV[2]))
return {first, redis.call('INCR', KEYS[3])}`,
  gone: `
local first = redis.call('LINDEX', KEYS[1], 0)
if not first or cjson.decode(first).id ~= ARGV[2] then return -1 end
redis.call('LPOP', KEYS[1])
redis.call('DEL', KEYS[2], KEYS[3])
return redis.call('LLEN', KEYS[1])`,
  putBack: `
local first = redis.call('LINDEX', KEYS[1], 0)
if first and cjson.decode(first).id == ARGV[2] then redis.call('SET', KEYS[2], ARGV[3]) end
return 0`,
  write: `return redis.call('SET', KEYS[1], (now + tonumber(ARGV[3])) .. '|' .. ARGV[2], 'PX', ARGV[3])`,
  read: `
local held = redis.call('GET', KEYS[1])
if not held then return false end
local bar = string.find(held, '|', 1, true)
if ARGV[2] == 'take' then redis.call('DEL', KEYS[1]) end
if tonumber(string.sub(held, 1, bar - 1)) <= now then return false end
return string.sub(held, bar + 1)`,
} as const

-- KEYS: session; then, where limits are counted, four levels: hops of the service and of the number,
-- begun sessions of both. ARGV: reply key, token, lock in ms; then for each level the us that one
-- adds, and the most in us. A level sinks by itself: it is kept as the time at which it is empty.
-- -> {"R", reply} answered before | {"B"} a turn is running | {"L", which} too many, nothing is kept
-- | {"D", data, moved} ours now.
local f = redis.call('HMGET', KEYS[1], ARGV[1], 'lock', 'until', 'data', 'moved')
if f[1] then return {'R', f[1]} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if f[2] and f[2] ~= ARGV[2] and (tonumber(f[3] or 0) or 0) > now then return {'B'} end
local now_us = t[1] * 1000000 + t[2]
local empty_at, count = {}, f[4] and math.min(#KEYS, 3) or #KEYS
local levels = count > 1 and redis.call('MGET', unpack(KEYS, 2, count))
for i = 2, count do
  local most = tonumber(ARGV[2 * i + 1])
  if i <= 3 and not f[4] then most = most / 2 end  -- the rest is for sessions that have begun
  local at = math.max(tonumber(levels[i - 1] or 0), now_us) + ARGV[2 * i]
  if at - now_us > most then return {'L', i - 2} end
  empty_at[i] = at
end
for i, at in pairs(empty_at) do
  redis.call('SET', KEYS[i], string.format('%.0f', at), 'PX', math.ceil((at - now_us) / 1000))
end
redis.call('HSET', KEYS[1], 'lock', ARGV[2], 'until', now + ARGV[3])
if not f[4] then redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2) end
return {'D', f[4] or '', f[5] or ''}

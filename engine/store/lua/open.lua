-- KEYS: session; then, where limits are counted, four levels: hops of the service and of the number,
-- begun sessions of both. ARGV: reply key, token, lock in ms, hops of the service to count (0: this
-- one was counted ahead); then for each level the us that one adds, and the most in us. A level sinks
-- by itself: it is kept as the time at which it is empty. The lock is the time in us until which it
-- holds, 16 digits, and a token; or, once its turn has saved, '-' and the token.
-- -> {"R", reply} answered before | {"B"} a turn is running | {"L", which} too many, nothing is kept
-- | {"D", data, moved, hops counted} ours now.
local call, us = redis.call, '%016.0f'
local f = call('HMGET', KEYS[1], ARGV[1], 'lock', 'data', 'moved')
if f[1] then return {'R', f[1]} end
local lock, begun, t = f[2], f[3], call('TIME')
local now = t[1] * 1000000 + t[2]
if lock and (tonumber(lock:sub(1, 16)) or 0) > now and lock:sub(17) ~= ARGV[2] then return {'B'} end
local counted = begun and tonumber(ARGV[4]) or 1
local from, to = counted == 0 and 3 or 2, begun and math.min(#KEYS, 3) or #KEYS
local levels, empty_at = to >= from and call('MGET', unpack(KEYS, from, to)), {}
for i = from, to do
  local one, most = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  if i <= 3 and not begun then most = most / 2 end  -- the rest is for sessions that have begun
  local level = math.max(tonumber(levels[i - from + 1] or 0), now) - now
  if i == 2 and level + one * counted > most then counted = 1 end  -- the last places go singly
  level = level + (i == 2 and one * counted or one)
  if level > most then return {'L', i - 2} end
  empty_at[i] = level
end
for i = from, to do
  call('SET', KEYS[i], us:format(now + empty_at[i]), 'PX', math.ceil(empty_at[i] / 1000))
end
call('HSET', KEYS[1], 'lock', us:format(now + ARGV[3] * 1000) .. ARGV[2])
if not begun then call('PEXPIRE', KEYS[1], ARGV[3] * 2) end
return {'D', begun or '', f[4] or '', counted}

-- KEYS: session. ARGV: reply key, token, lock in ms.
-- -> {"R", reply} answered before | {"B"} a turn is running | {"D", data, moved} ours now.
local f = redis.call('HMGET', KEYS[1], ARGV[1], 'lock', 'until', 'data', 'moved')
if f[1] then return {'R', f[1]} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if f[2] and f[2] ~= ARGV[2] and tonumber(f[3]) > now then return {'B'} end
redis.call('HSET', KEYS[1], 'lock', ARGV[2], 'until', now + ARGV[3])
if not f[4] then redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2) end
return {'D', f[4] or '', f[5] or ''}

-- Keep where somebody is, unless what is known of this minute is later.
-- KEYS: the places of a minute, when they were said. ARGV: who, when, longitude, latitude, how long
-- the keys live in seconds.
local before = redis.call('ZSCORE', KEYS[2], ARGV[1])
if before and tonumber(before) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('GEOADD', KEYS[1], ARGV[3], ARGV[4], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1

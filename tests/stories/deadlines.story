story: The device stays away
says: expelled and not back by the deadline of 600 s: not-returned, no proof of a wrong credential
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: not-returned cause=- scope=connection opened=10:00:00 decided=10:10:00 ended=- end=-
  state: pump-1 failing
---
story: The log ends one second before the deadline
says: an episode without a verdict at the end is undecided
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:09:59 -
expect:
  pump-1: undecided leaning=not-returned opened=10:00:00 decided=- ended=-
  state: pump-1 offline
---
story: The log ends at the deadline
says: a timer due exactly at the end of the log has fired
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:10:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
---
story: The deadline runs from the first signal, not the last
says: after the first signal since the device was last connected
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:08:00 pump-1 deviceConnect 401003
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=10:00:00 decided=10:10:00
---
story: Each return starts the deadline anew
says: the first signal since the device was last connected
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:30 pump-1 deviceConnect
  10:05:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:15:00 ended=-
---
story: A device that once took 301 seconds may take 602
says: twice the longest of its returns, if that is more
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:01 pump-1 deviceConnect
  12:00:00 pump-1 deviceDisconnect 401003
  12:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:11:01
  pump-1: not-returned opened=12:00:00 decided=12:10:02 ended=-
---
story: A device that once took 299 seconds still has 600
says: return_within is the least
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:04:59 pump-1 deviceConnect
  12:00:00 pump-1 deviceDisconnect 401003
  12:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:10:59
  pump-1: not-returned opened=12:00:00 decided=12:10:00 ended=-
---
story: A device known to be slow comes back slowly
says: back by the learned deadline is in time
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:09:00 pump-1 deviceConnect
  12:00:00 pump-1 deviceDisconnect 401003
  12:18:00 pump-1 deviceConnect
  12:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:15:00
  pump-1: token-expiry opened=12:00:00 ended=12:24:00
---
story: A return that came too late is learned too
says: some devices sleep: the return counts, whatever the verdict was
log:
  00:00:00 logger-3 deviceConnect
  01:00:00 logger-3 deviceDisconnect 401003
  04:00:00 logger-3 deviceConnect
  06:00:00 logger-3 deviceDisconnect 401003
  11:00:00 logger-3 deviceConnect
  12:00:00 -
expect:
  logger-3: not-returned opened=01:00:00 decided=01:10:00 ended=04:06:00 end=cleared
  logger-3: token-expiry opened=06:00:00 ended=11:06:00 end=cleared
---
story: A return of fourteen hours earns 26, not 28
says: at most 26 h
log:
  00:00:00 logger-3 deviceConnect
  01:00:00 logger-3 deviceDisconnect 401003
  15:00:00 logger-3 deviceConnect
  1d 00:00:00 logger-3 deviceDisconnect 401003
  2d 12:00:00 -
expect:
  logger-3: not-returned opened=01:00:00 decided=01:10:00 ended=15:06:00
  logger-3: not-returned opened=1d 00:00:00 decided=2d 02:00:00 ended=-
---
story: A slow return after a refusal is learned like any other
says: returns are counted from the first signal to the connection
log:
  10:00:00 pump-1 deviceConnect 401003
  10:08:00 pump-1 deviceConnect
  12:00:00 pump-1 deviceDisconnect 401003
  12:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:14:00
  pump-1: not-returned opened=12:00:00 decided=12:16:00
---
story: A slow return is remembered through seven quick ones
says: the longest of its last 8 returns
log:
  00:00:00 pump-1 deviceConnect
  01:00:00 pump-1 deviceDisconnect 401003
  01:08:20 pump-1 deviceConnect
  02:00:00 pump-1 deviceDisconnect 401003
  02:00:05 pump-1 deviceConnect
  03:00:00 pump-1 deviceDisconnect 401003
  03:00:05 pump-1 deviceConnect
  04:00:00 pump-1 deviceDisconnect 401003
  04:00:05 pump-1 deviceConnect
  05:00:00 pump-1 deviceDisconnect 401003
  05:00:05 pump-1 deviceConnect
  06:00:00 pump-1 deviceDisconnect 401003
  06:00:05 pump-1 deviceConnect
  07:00:00 pump-1 deviceDisconnect 401003
  07:00:05 pump-1 deviceConnect
  08:00:00 pump-1 deviceDisconnect 401003
  08:00:05 pump-1 deviceConnect
  09:00:00 pump-1 deviceDisconnect 401003
  10:00:00 -
expect:
  pump-1: token-expiry opened=01:00:00
  pump-1: token-expiry opened=02:00:00
  pump-1: token-expiry opened=03:00:00
  pump-1: token-expiry opened=04:00:00
  pump-1: token-expiry opened=05:00:00
  pump-1: token-expiry opened=06:00:00
  pump-1: token-expiry opened=07:00:00
  pump-1: token-expiry opened=08:00:00
  pump-1: not-returned opened=09:00:00 decided=09:16:40
---
story: A slow return is forgotten after eight quick ones
says: of its last 8 returns, no more
log:
  00:00:00 pump-1 deviceConnect
  01:00:00 pump-1 deviceDisconnect 401003
  01:08:20 pump-1 deviceConnect
  02:00:00 pump-1 deviceDisconnect 401003
  02:00:05 pump-1 deviceConnect
  03:00:00 pump-1 deviceDisconnect 401003
  03:00:05 pump-1 deviceConnect
  04:00:00 pump-1 deviceDisconnect 401003
  04:00:05 pump-1 deviceConnect
  05:00:00 pump-1 deviceDisconnect 401003
  05:00:05 pump-1 deviceConnect
  06:00:00 pump-1 deviceDisconnect 401003
  06:00:05 pump-1 deviceConnect
  07:00:00 pump-1 deviceDisconnect 401003
  07:00:05 pump-1 deviceConnect
  08:00:00 pump-1 deviceDisconnect 401003
  08:00:05 pump-1 deviceConnect
  09:00:00 pump-1 deviceDisconnect 401003
  09:00:05 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  11:00:00 -
expect:
  pump-1: token-expiry opened=01:00:00
  pump-1: token-expiry opened=02:00:00
  pump-1: token-expiry opened=03:00:00
  pump-1: token-expiry opened=04:00:00
  pump-1: token-expiry opened=05:00:00
  pump-1: token-expiry opened=06:00:00
  pump-1: token-expiry opened=07:00:00
  pump-1: token-expiry opened=08:00:00
  pump-1: token-expiry opened=09:00:00
  pump-1: not-returned opened=10:00:00 decided=10:10:00
---
story: A longer deadline set by hand
says: return_within is a setting
settings: return_within=900
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:15:00

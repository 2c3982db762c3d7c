story: Three short sessions in a row
says: the third unsettled session within an hour ended by expulsion is a reconnect loop
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:02:05 pump-1 deviceConnect
  09:04:00 pump-1 deviceDisconnect 401003
  09:04:05 pump-1 deviceConnect
  09:06:00 pump-1 deviceDisconnect 401003
  09:06:05 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: reconnect-loop cause=- opened=09:02:00 decided=09:06:00 ended=09:12:05 end=cleared
  count: reconnect-loop=1
---
story: Two short sessions are no loop
says: the third, not the second
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:02:05 pump-1 deviceConnect
  09:04:00 pump-1 deviceDisconnect 401003
  09:04:05 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: recovered opened=09:02:00 ended=09:10:05 end=cleared
---
story: A long session before the short ones does not count
says: only unsettled sessions count: here two of three
log:
  08:00:00 pump-1 deviceConnect
  09:00:00 pump-1 deviceDisconnect 401003
  09:00:05 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:02:05 pump-1 deviceConnect
  09:04:00 pump-1 deviceDisconnect 401003
  09:04:05 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: recovered opened=09:00:00 ended=09:10:05 end=cleared
---
story: A key was rotated: one long session, then three short ones
says: the third unsettled session makes the loop
log:
  08:00:00 pump-1 deviceConnect
  09:00:00 pump-1 deviceDisconnect 401003
  09:00:05 pump-1 deviceConnect
  09:05:00 pump-1 deviceDisconnect 401003
  09:05:05 pump-1 deviceConnect
  09:10:00 pump-1 deviceDisconnect 401003
  09:10:05 pump-1 deviceConnect
  09:15:00 pump-1 deviceDisconnect 401003
  09:15:05 pump-1 deviceConnect
  09:18:00 -
expect:
  pump-1: reconnect-loop opened=09:00:00 decided=09:15:00 ended=-
  state: pump-1 failing
---
story: Three short sessions spread over 50 minutes
says: within an hour
settings: return_within=3600
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:20:00 pump-1 deviceConnect
  09:22:00 pump-1 deviceDisconnect 401003
  09:50:00 pump-1 deviceConnect
  09:52:00 pump-1 deviceDisconnect 401003
  09:52:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: reconnect-loop opened=09:02:00 decided=09:52:00 ended=09:58:05 end=cleared
---
story: Three short sessions spread over more than an hour
says: within an hour, no longer
settings: return_within=3600
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:40:00 pump-1 deviceConnect
  09:42:00 pump-1 deviceDisconnect 401003
  10:10:00 pump-1 deviceConnect
  10:12:00 pump-1 deviceDisconnect 401003
  10:12:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=09:02:00 ended=10:18:05 end=cleared
---
story: Short sessions that end by themselves are no loop
says: ended by expulsion, not by leaving or by the network
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 404104
  09:03:00 pump-1 deviceConnect
  09:04:00 pump-1 deviceDisconnect 404104
  09:05:00 pump-1 deviceConnect
  09:06:00 pump-1 deviceDisconnect
  09:30:00 -
expect:
  pump-1: none
  count: connection-lost=2 reconnect-loop=0
---
story: Sessions of exactly six minutes are settled and make no loop
says: unsettled is less than settle
log:
  09:00:00 pump-1 deviceConnect
  09:06:00 pump-1 deviceDisconnect 401003
  09:06:05 pump-1 deviceConnect
  09:12:05 pump-1 deviceDisconnect 401003
  09:12:10 pump-1 deviceConnect
  09:18:10 pump-1 deviceDisconnect 401003
  09:18:15 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: token-expiry opened=09:06:00 ended=09:12:05
  pump-1: token-expiry opened=09:12:05 ended=09:18:10
  pump-1: token-expiry opened=09:18:10 ended=09:24:15
  count: reconnect-loop=0
---
story: A loop, and then the device gives up
says: the worst verdict reached so far: not-returned goes before reconnect-loop
log:
  09:00:00 pump-1 deviceConnect
  09:02:00 pump-1 deviceDisconnect 401003
  09:02:05 pump-1 deviceConnect
  09:04:00 pump-1 deviceDisconnect 401003
  09:04:05 pump-1 deviceConnect
  09:06:00 pump-1 deviceDisconnect 401003
  09:30:00 -
expect:
  pump-1: not-returned opened=09:02:00 decided=09:16:00 ended=-
  count: reconnect-loop=0 not-returned=1

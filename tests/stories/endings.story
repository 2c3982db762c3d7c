story: Nothing is heard for seven days
says: expired after expire_after
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  8d 00:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=7d 10:00:00 end=expired
---
story: The log ends a second before the seven days
says: an episode whose verdict still stands open keeps it, with no end
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  7d 09:59:59 -
expect:
  pump-1: not-returned opened=10:00:00 ended=- end=-
---
story: The log ends as the seven days do
says: a timer due exactly at the end of the log has fired
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  7d 10:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 ended=7d 10:00:00 end=expired
---
story: A knock on the third day
says: seven days since the device was last heard, not since the trouble began
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  3d 09:00:00 pump-1 deviceConnect 401003
  11d 00:00:00 -
expect:
  pump-1: auth-failure opened=10:00:00 ended=10d 09:00:00 end=expired
---
story: Refused again long after the trouble expired
says: a new trouble, counted from one
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  9d 09:00:00 pump-1 deviceConnect 401003
  9d 09:05:00 -
expect:
  pump-1: auth-failure opened=10:00:00 ended=7d 10:02:00 end=expired
  pump-1: undecided leaning=auth-failure opened=9d 09:00:00
---
story: A day is enough, set by hand
says: expire_after is a setting
settings: expire_after=86400
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  2d 00:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 ended=1d 10:00:00 end=expired
---
story: All that happens until it settles is one trouble
says: while open, everything on the connection belongs to the episode
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect
  10:03:00 pump-1 deviceDisconnect 401003
  10:03:05 pump-1 deviceConnect 401003
  10:04:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:10:00 end=cleared
---
story: Late, and then restless
says: the worst verdict reached so far: a loop does not better not-returned
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 pump-1 deviceConnect
  10:32:00 pump-1 deviceDisconnect 401003
  10:32:05 pump-1 deviceConnect
  10:34:00 pump-1 deviceDisconnect 401003
  10:34:05 pump-1 deviceConnect
  10:36:00 pump-1 deviceDisconnect 401003
  10:36:05 pump-1 deviceConnect
  11:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=10:42:05 end=cleared
  count: reconnect-loop=0
---
story: The trouble before last does not colour the next
says: an ended episode is over; the next is judged afresh
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:03:00 pump-1 deviceConnect
  12:00:00 pump-1 deviceDisconnect 401003
  12:00:05 pump-1 deviceConnect
  12:30:00 -
expect:
  pump-1: auth-failure opened=10:00:00 ended=10:09:00 end=cleared
  pump-1: token-expiry opened=12:00:00 ended=12:06:05 end=cleared

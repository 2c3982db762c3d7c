story: A session expelled after 359 seconds was no token's life
says: unsettled below settle (360 s): recovered, not a plain expiry
log:
  09:00:00 pump-1 deviceConnect
  09:05:59 pump-1 deviceDisconnect 401003
  09:06:04 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: recovered cause=- opened=09:05:59 ended=09:12:04 end=cleared
---
story: A session expelled after exactly 360 seconds had settled
says: an expulsion exactly settle seconds after the connection finds it settled
log:
  09:00:00 pump-1 deviceConnect
  09:06:00 pump-1 deviceDisconnect 401003
  09:06:05 pump-1 deviceConnect
  09:30:00 -
expect:
  pump-1: token-expiry cause=1 opened=09:06:00 ended=09:12:05 end=cleared
---
story: The log begins in the middle of a session
says: an expulsion proves a session; one whose beginning was not seen may have been a token's life
log:
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 complete=yes opened=10:00:00 ended=10:06:05 end=cleared
---
story: A session begins with its own connection
says: an old connection does not settle a new session
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceDisconnect
  10:00:00 pump-1 deviceConnect
  10:03:00 pump-1 deviceDisconnect 401003
  10:03:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:03:00 ended=10:09:05 end=cleared
---
story: A second expulsion 359 seconds after the return keeps the trouble open
says: a connection settles when 360 s have passed without an expulsion
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:06:04 pump-1 deviceDisconnect 401003
  10:06:10 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:12:10 end=cleared
---
story: A second expulsion 360 seconds after the return is a second trouble
says: settled at the very second, so the first episode is over and the next one opens
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:06:05 pump-1 deviceDisconnect 401003
  10:06:10 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:06:05 end=cleared
  pump-1: token-expiry opened=10:06:05 ended=10:12:10 end=cleared
---
story: A refusal soon after the return keeps the trouble open
says: a connection settles when 360 s have passed without a refusal
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:03:00 pump-1 deviceConnect 401003
  10:03:10 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:09:10 end=cleared
---
story: A device that returns and signs off is settled all the same
says: settled, whatever else the session did: left
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect
  10:02:00 pump-1 deviceDisconnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:05 end=cleared
  state: pump-1 offline
---
story: A device that returns and loses its network is settled all the same
says: settled, whatever else the session did: closed
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:02:00 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:06:05 end=cleared
  count: connection-lost=0
---
story: A displaced return is settled all the same
says: settled, whatever else the session did: displaced
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:02:00 pump-1 deviceDisconnect 400027
  10:02:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:06:05 end=cleared
  state: pump-1 online
---
story: A longer settling time set by hand
says: settle is a setting
settings: settle=600
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry ended=10:10:05 end=cleared

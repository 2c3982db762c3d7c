story: The reconnection was lost, the next expiry tells of it
says: an expulsion proves a session since the last; the first episode ends there and the new expulsion opens its own
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  11:05:00 pump-1 deviceDisconnect 401003
  11:05:05 pump-1 deviceConnect
  11:30:00 -
expect:
  pump-1: token-expiry cause=1 complete=no opened=10:00:00 ended=11:05:00
  pump-1: token-expiry cause=1 opened=11:05:00 ended=11:11:05 end=cleared
  count: not-returned=0 token-expiry=2
---
story: A twin update withdraws not-returned
says: alive after an expulsion: the device had returned unseen
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: token-expiry cause=1 complete=no opened=10:00:00 ended=10:40:00
  count: not-returned=0 token-expiry=1
  state: pump-1 online
---
story: A late 404104 withdraws not-returned
says: a close that belongs to no expulsion proves a session as alive does
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:40:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:40:00
  count: not-returned=0
  state: pump-1 offline
---
story: A late sign-off withdraws not-returned
says: left proves a session since the last expulsion
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:40:00 pump-1 deviceDisconnect
  11:00:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:40:00
  count: not-returned=0
---
story: An unseen return over AMQP
says: recovered, if it was no plain expiry: AMQP
log:
  09:00:00 pump-1 deviceConnect protocol=Amqp
  10:00:00 pump-1 deviceDisconnect 401003 protocol=Amqp
  10:40:00 pump-1 D2CTwinOperations/update protocol=Amqp
  11:00:00 -
expect:
  pump-1: recovered cause=- opened=10:00:00 ended=10:40:00
  count: not-returned=0
---
story: An unseen return after a short session
says: recovered, if it was no plain expiry: the session had not settled
log:
  09:55:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: recovered cause=- opened=10:00:00 ended=10:40:00
---
story: Expelled again six minutes later with no connection seen
says: an expulsion within settle of the first: recovered, and a new episode
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:05:00
  pump-1: not-returned opened=10:05:00 decided=10:15:00 ended=-
---
story: Expelled again seven minutes later with no connection seen
says: beyond settle it may have been a token's life
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:07:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:07:00
  pump-1: not-returned opened=10:07:00 decided=10:17:00 ended=-
---
story: Refused once, then seen at work
says: after a refusal an implied connection counts as a connection at that record, and must settle
log:
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 D2CTwinOperations/update
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:11:00 end=cleared
---
story: Refused once, then a sign-off
says: left after a refusal is a connection at that record
log:
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 deviceDisconnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:11:00 end=cleared
  state: pump-1 offline
---
story: Refused once, then a 404104
says: a close that belongs to no expulsion, after a refusal, is a connection at that record
log:
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:11:00 end=cleared
  count: connection-lost=0
---
story: Expelled, refused, then seen at work
says: with a refusal in the episode nothing is withdrawn; the connection settles from that record
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 D2CTwinOperations/update
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:11:00 end=cleared
---
story: A sign of life between two refusals and a third
says: an implied connection after a refusal breaks the count of refusals
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 D2CTwinOperations/update
  10:03:00 pump-1 deviceConnect 401003
  10:04:00 -
expect:
  pump-1: undecided opened=10:00:00 leaning=auth-failure
---
story: An auth-failure is not withdrawn by a sign of life
says: it ends when settled
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:02:00 ended=10:46:00 end=cleared
  count: auth-failure=1
---
story: A sign of life under a live session proves nothing new
says: the return was seen, so alive changes nothing and the connection settles
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:01:00 pump-1 D2CTwinOperations/update
  10:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:06:05 end=cleared

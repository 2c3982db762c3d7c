story: The export is newest first
says: verdicts do not depend on the order of the records
log:
  10:30:00 -
  10:10:05 pump-1 deviceConnect
  10:10:01 pump-1 deviceDisconnect 404104
  10:10:00 pump-1 deviceDisconnect 401003
  09:00:00 pump-1 deviceConnect
expect:
  pump-1: token-expiry cause=1 complete=yes opened=10:10:00 ended=10:16:05 end=cleared
---
story: Expelled, closed and back in one second
says: in a tie: expelled, then closed, then connected
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404104
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 complete=yes opened=10:00:00 ended=10:06:00 end=cleared
  state: pump-1 online
---
story: A twin update in the second of the expulsion
says: in a tie alive comes before all others, so it proves no return
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:00 pump-1 D2CTwinOperations/update
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
---
story: Refused and admitted in one second
says: in a tie refused comes before connected
log:
  10:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceConnect 401003
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:06:00 end=cleared
---
story: Expelled and refused in one second
says: in a tie expelled comes before refused: the session was over, the deadline is the ordinary one
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 deviceDisconnect 401003
  11:30:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:10:00
---
story: Displaced and connected in one second
says: in a tie displaced comes before connected: the newcomer has the session
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 400027
  10:03:00 pump-1 deviceDisconnect 401003
  10:03:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:03:00 ended=10:09:05 end=cleared
  state: pump-1 online
---
story: Left and connected in one second
says: in a tie left comes before connected: the device is online
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:20:00 pump-1 deviceConnect
  10:20:00 pump-1 deviceDisconnect
  10:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:06:05
  state: pump-1 online
---
story: Fractions of a second keep their order
says: a tie is the same time, not the same second
log:
  09:00:00 pump-1 deviceConnect
  10:00:00.500 pump-1 deviceDisconnect 401003
  10:00:00.700 pump-1 D2CTwinOperations/update
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00.500 ended=10:00:00.700

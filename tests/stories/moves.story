story: A refused device is reprovisioned to another hub
says: connected for the first time on another hub: moved
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:30:00 pump-1 deviceConnect hub=fabrikam
  12:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:02:00 ended=10:30:00 end=moved
  pump-1@fabrikam: none
---
story: A device that stayed away turns up on another hub
says: moved ends not-returned as well
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 pump-1 deviceConnect hub=fabrikam
  12:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=10:30:00 end=moved
---
story: A device that has always lived on two hubs
says: not for the first time: no move
log:
  08:00:00 pump-1 deviceConnect hub=fabrikam
  09:00:00 pump-1 deviceDisconnect hub=fabrikam
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:30:00 pump-1 deviceConnect hub=fabrikam
  12:00:00 -
expect:
  pump-1: auth-failure opened=10:00:00 ended=- end=-
---
story: The other hub refuses it too
says: a move is a connection; a refusal elsewhere is a trouble of its own
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:30:00 pump-1 deviceConnect 404001 hub=fabrikam
  12:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 ended=-
  pump-1@fabrikam: auth-failure reason=device-not-registered opened=10:30:00 ended=-
---
story: A namesake in capitals connects to another hub
says: PUMP-1 is not pump-1, so nobody moved
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:30:00 PUMP-1 deviceConnect hub=fabrikam
  12:00:00 -
expect:
  pump-1: auth-failure opened=10:00:00 ended=-

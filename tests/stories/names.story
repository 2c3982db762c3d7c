story: Two ids that differ in case are two devices
says: deviceId is case-sensitive: two refusals of one and one of the other are not three
log:
  10:00:00 Pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 Pump-1 deviceConnect 401003
  10:02:30 -
expect:
  Pump-1: undecided leaning=auth-failure opened=10:00:00
  pump-1: undecided leaning=auth-failure opened=10:01:00
  count: undecided=2 auth-failure=0
---
story: A hub spelled two ways is one hub
says: the hub's name is not case-sensitive
log:
  10:00:00 pump-1 deviceConnect 401003 hub=Contoso
  10:01:00 pump-1 deviceConnect 401003 hub=CONTOSO
  10:02:00 pump-1 deviceConnect 401003 hub=conToso
  10:02:30 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:02:00
---
story: The same id on two hubs is two devices
says: a device is its hub, its deviceId and its moduleId
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003 hub=fabrikam
  10:02:00 pump-1 deviceConnect 401003
  10:02:30 -
expect:
  pump-1: undecided opened=10:00:00
  pump-1@fabrikam: undecided opened=10:01:00
---
story: A module fails while its device is well
says: a module has its own sessions and episodes
log:
  09:00:00 edge-1 deviceConnect
  09:00:00 edge-1 deviceConnect module=telemetry
  10:00:00 edge-1 deviceDisconnect 401003 module=telemetry
  10:30:00 -
expect:
  edge-1: none
  edge-1@contoso/telemetry: not-returned opened=10:00:00 decided=10:10:00
  state: edge-1@contoso/telemetry failing
---
story: The device's return is not its module's return
says: a connection counts for the (hub, device, module) that made it
log:
  09:00:00 edge-1 deviceConnect module=telemetry
  10:00:00 edge-1 deviceDisconnect 401003 module=telemetry
  10:00:05 edge-1 deviceConnect
  10:00:06 edge-1 deviceConnect module=logger
  10:30:00 -
expect:
  edge-1: none
  edge-1@contoso/logger: none
  edge-1@contoso/telemetry: not-returned decided=10:10:00 ended=-
---
story: An id may hold nearly any sign
says: the deviceId is kept as it was written
log:
  10:00:00 00:1A:c2:7B+%20_#*?!(),=@;$ deviceConnect 403012
  10:01:00 -
expect:
  count: auth-failure=1

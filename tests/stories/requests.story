story: One twin request is denied
says: a 401 in another category is a request, not a session: recovered, quiet after an hour
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 D2CTwinOperations/update 401003
  12:00:00 -
expect:
  pump-1: recovered scope=request cause=- opened=10:00:00 ended=11:00:00 end=quiet
  state: pump-1 online
---
story: Three requests denied within ten minutes
says: the third within 10 minutes is an auth-failure of the request kind; the session stays out of it
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 FileUploadOperations/ingress 401003
  10:05:00 pump-1 FileUploadOperations/ingress 401003
  10:10:00 pump-1 FileUploadOperations/ingress 401003
  12:00:00 -
expect:
  pump-1: auth-failure scope=request cause=2 opened=10:00:00 decided=10:10:00 ended=11:10:00 end=quiet
  state: pump-1 online
---
story: Three requests denied in ten minutes and a second
says: within 10 minutes, no longer
log:
  10:00:00 pump-1 FileUploadOperations/ingress 401003
  10:05:00 pump-1 FileUploadOperations/ingress 401003
  10:10:01 pump-1 FileUploadOperations/ingress 401003
  12:00:00 -
expect:
  pump-1: recovered scope=request opened=10:00:00 ended=11:10:01 end=quiet
---
story: The third counts from any other two
says: a window of ten minutes that slides
log:
  10:00:00 pump-1 DirectMethods/send 401003
  10:09:00 pump-1 DirectMethods/send 401003
  10:14:00 pump-1 DirectMethods/send 401003
  10:18:00 pump-1 DirectMethods/send 401003
  12:00:00 -
expect:
  pump-1: auth-failure scope=request opened=10:00:00 decided=10:18:00 ended=11:18:00 end=quiet
---
story: A request says plainly why
says: a decisive message decides at the first denial
log:
  10:00:00 pump-1 DeviceIdentityOperations/get 401002 message="Principal ops@contoso.example is not authorized for GET on /devices/pump-1 due to no assigned permissions"
  10:30:00 -
expect:
  pump-1: auth-failure scope=request cause=2 reason=principal-denied opened=10:00:00 decided=10:00:00 ended=-
---
story: A request for a device that is gone
says: a decisive code decides at the first denial
log:
  10:00:00 pump-1 C2DCommands/messageExpired 404001
  10:30:00 -
expect:
  pump-1: auth-failure scope=request cause=2 reason=device-not-registered decided=10:00:00
---
story: Disabled device, missing certificate, wrong policy key, asked for by a request
says: the same codes in another category are denials
log:
  10:00:00 cam-1 D2CTwinOperations/update 403012
  10:00:00 cam-2 D2CTwinOperations/update 404008
  10:00:00 cam-3 D2CTwinOperations/update 400035
  10:30:00 -
expect:
  cam-1: auth-failure scope=request reason=device-disabled
  cam-2: auth-failure scope=request reason=certificate-not-found
  cam-3: auth-failure scope=request reason=invalid-policy-key
---
story: A device that speaks HTTP is denied
says: HTTP has no session, so its refusals are denials
log:
  10:00:00 pump-1 deviceConnect 401003 protocol=Http
  12:00:00 -
expect:
  pump-1: recovered scope=request opened=10:00:00 ended=11:00:00 end=quiet
---
story: A device that speaks HTTPS is denied three times
says: the third within 10 minutes, for an HTTP device in Connections as well
log:
  10:00:00 pump-1 deviceConnect 401003 protocol=Https
  10:01:00 pump-1 deviceConnect 401003 protocol=Https
  10:02:00 pump-1 deviceConnect 401003 protocol=Https
  12:00:00 -
expect:
  pump-1: auth-failure scope=request cause=2 opened=10:00:00 decided=10:02:00 ended=11:02:00 end=quiet
---
story: A disconnect with 401003 from a device that speaks HTTP
says: no session, so never an expiry
log:
  10:00:00 pump-1 deviceDisconnect 401003 protocol=Http
  12:00:00 -
expect:
  pump-1: recovered scope=request opened=10:00:00 ended=11:00:00 end=quiet
  count: token-expiry=0 not-returned=0
---
story: Denied again just before the hour is over
says: ended by an hour without its signal; until then it is the same trouble
log:
  10:00:00 pump-1 D2CTwinOperations/update 401003
  10:59:59 pump-1 D2CTwinOperations/update 401003
  12:30:00 -
expect:
  pump-1: recovered scope=request opened=10:00:00 ended=11:59:59 end=quiet
---
story: Denied again after the hour is over
says: a new trouble
log:
  10:00:00 pump-1 D2CTwinOperations/update 401003
  11:00:01 pump-1 D2CTwinOperations/update 401003
  12:30:00 -
expect:
  pump-1: recovered scope=request opened=10:00:00 ended=11:00:00 end=quiet
  pump-1: recovered scope=request opened=11:00:01 ended=12:00:01 end=quiet
---
story: The log ends before the hour is over
says: a denial without a verdict is undecided and leans to recovered
log:
  10:00:00 pump-1 D2CTwinOperations/update 401003
  10:30:00 -
expect:
  pump-1: undecided leaning=recovered scope=request opened=10:00:00 ended=-
---
story: Denied requests are not refused connections
says: two refusals and a denial are not three refusals
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 D2CTwinOperations/update 401003
  10:02:00 pump-1 deviceConnect 401003
  10:03:00 pump-1 deviceConnect
  12:00:00 -
expect:
  pump-1: recovered scope=connection opened=10:00:00 ended=10:09:00 end=cleared
  pump-1: recovered scope=request opened=10:01:00 ended=11:01:00 end=quiet
---
story: A denied request does not disturb an expiry
says: requests stand beside the connection
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:02:00 pump-1 D2CTwinOperations/update 401003
  12:00:00 -
expect:
  pump-1: token-expiry scope=connection opened=10:00:00 ended=10:06:05 end=cleared
  pump-1: recovered scope=request opened=10:02:00 ended=11:02:00 end=quiet

story: Four codes that leave no doubt
says: a decisive code is an auth-failure at the first refusal
log:
  10:00:00 cam-1 deviceConnect 403012
  10:00:00 cam-2 deviceConnect 404001
  10:00:00 cam-3 deviceConnect 404008
  10:00:00 cam-4 deviceConnect 400035
  10:00:30 -
expect:
  cam-1: auth-failure cause=2 reason=device-disabled decided=10:00:00 ended=-
  cam-2: auth-failure cause=2 reason=device-not-registered decided=10:00:00 ended=-
  cam-3: auth-failure cause=2 reason=certificate-not-found decided=10:00:00 ended=-
  cam-4: auth-failure cause=2 reason=invalid-policy-key decided=10:00:00 ended=-
---
story: The hub says that the header is missing
says: message 1 is decisive
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authorization header missing"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=missing-authorization-header decided=10:00:00
---
story: The hub says that it does not know the device
says: message 2 is decisive
log:
  10:00:00 pump-1 deviceConnect 401003 message="IotHub 'contoso' does not contain the specified device 'pump-1'"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=device-not-registered decided=10:00:00
---
story: The hub says that the rule does not allow it
says: message 3 is decisive
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authorization rule 'service' does not allow access for '/devices/pump-1'"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=rule-denied decided=10:00:00
---
story: The hub compares thumbprints
says: message 5 is decisive
log:
  10:00:00 pump-1 deviceConnect 401003 message="Thumbprint does not match configuration: Thumbprint: SHA1Hash=AB12, SHA2Hash=CD34; Configuration: PrimaryThumbprint=EF56, SecondaryThumbprint=0789"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=thumbprint-mismatch decided=10:00:00
---
story: The hub names a principal without permissions
says: message 6, the newer one, is decisive
log:
  10:00:00 pump-1 deviceConnect 401003 message="Principal ops@contoso.example is not authorized for GET on /devices/pump-1 due to no assigned permissions"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=principal-denied decided=10:00:00
---
story: The hub says that the signature is wrong
says: invalid signature is decisive, inside whatever envelope
log:
  10:00:00 pump-1 deviceConnect 401002 message="{\"Message\":\"ErrorCode:IotHubUnauthorizedAccess;Unauthorized\",\"ExceptionMessage\":\"The specified SAS token has an invalid signature. It does not match either the primary or secondary key.\"}"
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=invalid-signature decided=10:00:00
---
story: An envelope without a reason proves nothing
says: a bare Unauthorized is not decisive
log:
  10:00:00 pump-1 deviceConnect 401002 message="{\"Message\":\"ErrorCode:IotHubUnauthorizedAccess;Unauthorized\"}"
  10:00:30 -
expect:
  pump-1: undecided leaning=auth-failure decided=-
---
story: Renew token or certificate, it says at an expiry
says: message 4 is decisive nowhere: an expiry says it too
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 opened=10:00:00 ended=10:06:05
---
story: Renew token or certificate, it says at one refusal
says: message 4 is not decisive on a refusal either
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:00:30 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:06:30
---
story: Renew token or certificate, it says three times
says: on refusals the count decides, and the reason is renew-credentials
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:01:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:02:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=renew-credentials decided=10:02:00
---
story: Renew token or certificate, it says, and the device stays away
says: refused with that message and not back by the deadline
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=renew-credentials decided=10:10:00
---
story: Expelled with that message and gone
says: nobody refused it, so it is not-returned
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:30:00 -
expect:
  pump-1: not-returned cause=- decided=10:10:00
---
story: A new device whose clock is wrong
says: token expired on a refusal of a device never seen in a session: clock-drift, by count
log:
  10:00:00 new-4 deviceConnect 401003 message="The specified SAS token is expired"
  10:01:00 new-4 deviceConnect 401003 message="The specified SAS token is expired"
  10:02:00 new-4 deviceConnect 401003 message="The specified SAS token is expired"
  10:30:00 -
expect:
  new-4: auth-failure cause=2 reason=clock-drift decided=10:02:00
---
story: A new device whose clock is wrong tries once
says: clock-drift is decided by the deadline, not by the message
log:
  10:00:00 new-4 deviceConnect 401003 message="The specified SAS token is expired"
  10:30:00 -
expect:
  new-4: auth-failure cause=2 reason=clock-drift decided=10:10:00
---
story: A known device with an expired token
says: a session was seen before, so the clock is not blamed
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceDisconnect
  10:00:00 pump-1 deviceConnect 401003 message="The specified SAS token is expired"
  10:01:00 pump-1 deviceConnect 401003 message="The specified SAS token is expired"
  10:02:00 pump-1 deviceConnect 401003 message="The specified SAS token is expired"
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused decided=10:02:00
---
story: One refusal says two things
says: a decisive code goes before a decisive message
log:
  10:00:00 pump-1 deviceConnect 403012 message="IotHub 'contoso' does not contain the specified device 'pump-1'"
  10:00:30 -
expect:
  pump-1: auth-failure reason=device-disabled decided=10:00:00
---
story: First the signature, then the device is disabled
says: the code goes before the message though it came later; the verdict was reached by the first
log:
  10:00:00 pump-1 deviceConnect 401003 message="The specified SAS token has an invalid signature."
  10:01:00 pump-1 deviceConnect 403012
  10:02:00 -
expect:
  pump-1: auth-failure reason=device-disabled opened=10:00:00 decided=10:00:00
---
story: Two vague refusals, then a clear one
says: a decisive message gives the reason over the count
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003 message="Authorization header missing"
  10:03:00 -
expect:
  pump-1: auth-failure reason=missing-authorization-header opened=10:00:00 decided=10:02:00
---
story: Decided by the deadline, explained later
says: a decisive code that comes later still names the reason
log:
  10:00:00 pump-1 deviceConnect 401003
  10:30:00 pump-1 deviceConnect 404001
  10:40:00 -
expect:
  pump-1: auth-failure reason=device-not-registered opened=10:00:00 decided=10:10:00

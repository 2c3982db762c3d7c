story: A certificate device is expelled and returns
says: never a token expiry: recovered, with reason x509
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:00:01 lock-5 deviceDisconnect 404104 auth=x509
  10:00:05 lock-5 deviceConnect auth=x509
  10:30:00 -
expect:
  lock-5: recovered cause=- reason=x509 opened=10:00:00 ended=10:06:05 end=cleared
  count: token-expiry=0
---
story: A certificate device is expelled and stays away
says: for x509, not back by the deadline is an auth-failure
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:30:00 -
expect:
  lock-5: auth-failure cause=2 reason=x509 opened=10:00:00 decided=10:10:00 ended=-
  count: not-returned=0
---
story: A certificate device is expelled twice within a day
says: a second expulsion within 24 h is an auth-failure
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:00:05 lock-5 deviceConnect auth=x509
  1d 09:59:59 lock-5 deviceDisconnect 401003 auth=x509
  1d 10:00:05 lock-5 deviceConnect auth=x509
  1d 11:00:00 -
expect:
  lock-5: recovered reason=x509 opened=10:00:00 ended=10:06:05
  lock-5: auth-failure cause=2 reason=x509 opened=1d 09:59:59 decided=1d 09:59:59 ended=1d 10:06:05 end=cleared
---
story: A certificate device is expelled again a day and a second later
says: within 24 h, no longer
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:00:05 lock-5 deviceConnect auth=x509
  1d 10:00:01 lock-5 deviceDisconnect 401003 auth=x509
  1d 10:00:05 lock-5 deviceConnect auth=x509
  1d 11:00:00 -
expect:
  lock-5: recovered reason=x509 opened=10:00:00
  lock-5: recovered reason=x509 opened=1d 10:00:01
---
story: A certificate device is expelled again before it settled
says: a second expulsion within 24 h, in one episode
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:00:05 lock-5 deviceConnect auth=x509
  10:02:00 lock-5 deviceDisconnect 401003 auth=x509
  10:02:05 lock-5 deviceConnect auth=x509
  10:30:00 -
expect:
  lock-5: auth-failure cause=2 reason=x509 opened=10:00:00 decided=10:02:00 ended=10:08:05 end=cleared
---
story: The hub repeats itself over a certificate device
says: an expulsion that belongs to the first is not a second
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:00:10 lock-5 deviceDisconnect 401003 auth=x509
  10:00:15 lock-5 deviceConnect auth=x509
  10:30:00 -
expect:
  lock-5: recovered reason=x509 opened=10:00:00 ended=10:06:15
---
story: A thumbprint is a certificate
says: certificate or x509 in any spelling: certificateThumbprint
log:
  09:00:00 lock-5 deviceConnect auth=certificateThumbprint
  10:00:00 lock-5 deviceDisconnect 401003 auth=certificateThumbprint
  10:30:00 -
expect:
  lock-5: auth-failure reason=x509 decided=10:10:00
---
story: Other spellings of a certificate
says: certificate or x509 in any spelling: X509, X.509, CertificateAuthority, selfSignedCertificate
log:
  09:00:00 lock-1 deviceConnect auth=X509
  09:00:00 lock-2 deviceConnect auth=X.509
  09:00:00 lock-3 deviceConnect auth=CertificateAuthority
  09:00:00 lock-4 deviceConnect auth=selfSignedCertificate
  10:00:00 lock-1 deviceDisconnect 401003 auth=X509
  10:00:00 lock-2 deviceDisconnect 401003 auth=X.509
  10:00:00 lock-3 deviceDisconnect 401003 auth=CertificateAuthority
  10:00:00 lock-4 deviceDisconnect 401003 auth=selfSignedCertificate
  10:30:00 -
expect:
  lock-1: auth-failure reason=x509
  lock-2: auth-failure reason=x509
  lock-3: auth-failure reason=x509
  lock-4: auth-failure reason=x509
---
story: Only the connection told of the certificate
says: how a device authenticates is a fact about the device, whichever record told it
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003
  10:00:05 lock-5 deviceConnect
  10:30:00 -
expect:
  lock-5: recovered reason=x509 ended=10:06:05
---
story: A certificate device is refused three times
says: x509 is the reason when nothing decisive was said
log:
  10:00:00 lock-5 deviceConnect 401003 auth=x509
  10:01:00 lock-5 deviceConnect 401003 auth=x509
  10:02:00 lock-5 deviceConnect 401003 auth=x509
  10:30:00 -
expect:
  lock-5: auth-failure cause=2 reason=x509 decided=10:02:00
---
story: A certificate device is told to renew
says: x509 goes before renew-credentials
log:
  10:00:00 lock-5 deviceConnect 401003 auth=x509 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:30:00 -
expect:
  lock-5: auth-failure cause=2 reason=x509 decided=10:10:00
---
story: A certificate device with the wrong thumbprint
says: a decisive message goes before x509
log:
  10:00:00 lock-5 deviceConnect 401003 auth=x509 message="Thumbprint does not match configuration: Thumbprint: SHA1Hash=AB12, SHA2Hash=CD34; Configuration: PrimaryThumbprint=EF56, SecondaryThumbprint=0789"
  10:01:00 -
expect:
  lock-5: auth-failure reason=thumbprint-mismatch decided=10:00:00
---
story: A stranger claims a certificate device's name
says: rejected-client goes before x509
log:
  09:00:00 lock-5 deviceConnect auth=x509
  09:30:00 lock-5 deviceConnect 401003 auth=x509
  09:31:00 lock-5 deviceConnect 401003 auth=x509
  09:32:00 lock-5 deviceConnect 401003 auth=x509
  09:40:00 lock-5 D2CTwinOperations/update auth=x509
  10:00:00 -
expect:
  lock-5: auth-failure reason=rejected-client ended=09:40:00 end=quiet
---
story: An unseen return of a certificate device
says: recovered, as it was no plain expiry
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:05:00 lock-5 D2CTwinOperations/update auth=x509
  10:30:00 -
expect:
  lock-5: recovered reason=x509 opened=10:00:00 ended=10:05:00
---
story: A certificate failure is not withdrawn by a sign of life
says: an auth-failure is never withdrawn so; it ends when settled
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:40:00 lock-5 D2CTwinOperations/update auth=x509
  11:00:00 -
expect:
  lock-5: auth-failure reason=x509 opened=10:00:00 decided=10:10:00 ended=10:46:00 end=cleared

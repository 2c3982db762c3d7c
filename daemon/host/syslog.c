#define _GNU_SOURCE
#include "syslog.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "build.h"

struct syslog {
	int fd;
	char host[256];
	struct rfc5424 from;
	uint64_t lost;
};

struct syslog *syslog_open(const struct config *config, struct fault *fault)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM}, *found = NULL;
	struct syslog *syslog = calloc(1, sizeof *syslog);
	char port[8];
	int r;

	snprintf(port, sizeof port, "%d", config->syslog_port);
	r = getaddrinfo(config->syslog_host, port, &hints, &found);
	if (r || !syslog) {
		fault_set(fault, "", 0, 0, "alerts.syslog.host \"%s\": %s", config->syslog_host,
			  r ? gai_strerror(r) : "out of memory");
		free(syslog);
		return NULL;
	}
	syslog->fd = socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (syslog->fd < 0 || connect(syslog->fd, found->ai_addr, found->ai_addrlen) < 0) {
		fault_set(fault, "", 0, 0, "alerts.syslog.host \"%s\": %s", config->syslog_host, strerror(errno));
		freeaddrinfo(found);
		syslog_close(syslog);
		return NULL;
	}
	freeaddrinfo(found);
	gethostname(syslog->host, sizeof syslog->host - 1);
	syslog->from = (struct rfc5424){
		.host = syslog->host,
		.version = LAPSED_VERSION,
		.facility = config->syslog_facility,
		.enterprise_number = config->enterprise_number,
		.process = getpid(),
	};
	return syslog;
}

void syslog_close(struct syslog *take_syslog)
{
	if (!take_syslog)
		return;
	if (take_syslog->fd >= 0)
		close(take_syslog->fd);
	free(take_syslog);
}

void syslog_send(struct syslog *syslog, const struct notice *notice, struct moment now)
{
	char message[RFC5424_UDP_MAX];
	size_t size;

	syslog->from.sequence++;
	size = rfc5424_encode(&syslog->from, notice, now, message, sizeof message);
	/* An ICMP error of the datagram before is reported on this one: again. */
	if (send(syslog->fd, message, size, 0) < 0 &&
	    (errno != ECONNREFUSED || send(syslog->fd, message, size, 0) < 0))
		syslog->lost++;
}

uint64_t syslog_lost(const struct syslog *syslog)
{
	return syslog ? syslog->lost : 0;
}

#define _GNU_SOURCE
#include "sink.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

enum {
	RETRY_LEAST_MS = 1000,
	RETRY_MOST_MS = 60000,
	CONNECT_MS = 10000,
	PACE_LEAST_MS = 5,        /* how often is looked whether what was sent is taken */
	PACE_MOST_MS = 1000,
	UDP_QUIET_MS = 50,        /* how long an ICMP error may take */
	TCP_SEND_BYTES = 64 << 10, /* of the kernel: what is in there nobody can take back */
	TCP_PATIENCE_MS = 30000,
};

enum link { LINK_DOWN, LINK_RESOLVING, LINK_CONNECTING, LINK_UP };

struct sink {
	struct sink_config config;
	char name[320], trouble[480];
	uv_loop_t *loop;
	uv_timer_t timer;
	uv_getaddrinfo_t resolve;
	uv_poll_t *poll;        /* NULL: there is no socket */
	int fd, events;
	enum link link;
	bool tried, told_down, told_full, ending;
	unsigned failures;      /* since something was taken */
	uint64_t pace_ms, sent_ns, lost_before;
	struct stat peer;       /* of a local socket: the file that it was connected to */
	struct outbox outbox;
	unsigned pending;       /* handles and requests that the loop still has */
};

static bool is_local(const struct sink *sink)
{
	return sink->config.path;
}

/* --- what is told ------------------------------------------------------- */

static const char *advice(const struct sink *sink, int error)
{
	if (error == EACCES || error == EPERM)
		return "may the service open it?";
	if (sink->config.kind == SINK_JOURNAL)
		return "is systemd-journald running?";
	if (sink->config.kind == SINK_DEVLOG)
		return "is a syslog daemon such as rsyslog running?";
	return sink->config.kind == SINK_TCP ? "does the receiver listen there for syslog over TCP?"
					     : "does the receiver listen there?";
}

static void tell_down(struct sink *sink, const char *what, const char *todo)
{
	snprintf(sink->trouble, sizeof sink->trouble, "%s: %s", what, todo);
	if (!sink->told_down)
		log_line(SEVERITY_WARNING, "alerts to %s: %s; %s Trying again; up to %d alerts are kept", sink->name,
			 what, todo, OUTBOX_MAX);
	sink->told_down = true;
}

static void tell_up(struct sink *sink)
{
	uint64_t lost = sink->outbox.lost - sink->lost_before;

	sink->lost_before = sink->outbox.lost;
	if (sink->told_down)
		log_line(SEVERITY_NOTICE, "alerts to %s: the receiver is there again; %llu alerts were lost",
			 sink->name, (unsigned long long)lost);
	else if (lost)
		log_line(SEVERITY_WARNING, "alerts to %s: %llu alerts were lost", sink->name, (unsigned long long)lost);
	sink->told_down = sink->told_full = false;
	sink->trouble[0] = '\0';
}

/* --- the connection ----------------------------------------------------- */

static void flush(struct sink *sink);
static void begin(struct sink *sink);
static void broken(struct sink *sink, int error);

static void release(struct sink *sink)
{
	if (--sink->pending > 0)
		return;
	sink_config_clear(&sink->config);
	free(sink);
}

static void on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void hang_up(struct sink *sink)
{
	if (sink->poll)
		uv_close((uv_handle_t *)sink->poll, on_poll_closed);
	if (sink->fd >= 0)
		close(sink->fd);
	sink->poll = NULL;
	sink->fd = -1;
	sink->link = LINK_DOWN;
}

static void on_timer(uv_timer_t *timer)
{
	struct sink *sink = timer->data;

	if (sink->link == LINK_DOWN)
		begin(sink);
	else if (sink->link == LINK_UP)
		flush(sink);
	else if (sink->link == LINK_CONNECTING)
		broken(sink, ETIMEDOUT);
}

static void retry_later(struct sink *sink)
{
	unsigned doublings = sink->failures < 6 ? sink->failures : 6;
	uint64_t wait_ms = (uint64_t)RETRY_LEAST_MS << doublings;

	hang_up(sink);
	outbox_rewind(&sink->outbox);
	sink->tried = true;
	sink->failures++;
	uv_timer_start(&sink->timer, on_timer, wait_ms > RETRY_MOST_MS ? RETRY_MOST_MS : wait_ms, 0);
}

/* error: as errno. */
static void broken(struct sink *sink, int error)
{
	tell_down(sink, strerror(error), advice(sink, error));
	retry_later(sink);
}

static int error_of(int fd)
{
	int error = 0;
	socklen_t size = sizeof error;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return error;
}

/* Whether nothing more can come: on TCP that it was closed at the other end.
 * Receivers have nothing to say; what they say is dropped. */
static int hung_up(struct sink *sink)
{
	char buffer[512];
	ssize_t n;

	while ((n = recv(sink->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
		continue;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : errno;
	return sink->config.kind == SINK_TCP ? ECONNRESET : 0;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct sink *sink = poll->data;
	int error = status < 0 || sink->link == LINK_CONNECTING ? error_of(sink->fd) : 0;

	if (status < 0 && !error)
		error = -status;
	if (!error && sink->link == LINK_CONNECTING) {
		if (!(events & UV_WRITABLE))
			return;
		sink->link = LINK_UP;
		tell_up(sink);
	}
	if (!error && events & UV_READABLE)
		error = hung_up(sink);
	if (error)
		broken(sink, error);
	else
		flush(sink);
}

static void watch(struct sink *sink, int events)
{
	if (sink->events != events)
		uv_poll_start(sink->poll, events, on_poll);
	sink->events = events;
}

static void set_options(struct sink *sink)
{
	int one = 1, bytes = TCP_SEND_BYTES, patience = TCP_PATIENCE_MS;

	if (sink->config.kind != SINK_TCP)
		return;
	setsockopt(sink->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(sink->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	setsockopt(sink->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(sink->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

static void connect_to(struct sink *sink, const struct sockaddr *address, socklen_t size)
{
	int type = (sink->config.kind == SINK_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, r;

	sink->fd = socket(address->sa_family, type, 0);
	if (sink->fd < 0) {
		broken(sink, errno);
		return;
	}
	set_options(sink);
	r = connect(sink->fd, address, size);
	if (r < 0 && errno != EINPROGRESS) {
		broken(sink, errno);
		return;
	}
	sink->link = r < 0 ? LINK_CONNECTING : LINK_UP;
	sink->poll = malloc(sizeof *sink->poll);
	if (!sink->poll || uv_poll_init(sink->loop, sink->poll, sink->fd) < 0) {
		free(sink->poll);
		sink->poll = NULL;
		broken(sink, ENOMEM);
		return;
	}
	sink->poll->data = sink;
	sink->events = 0;
	sink->tried = true;
	watch(sink, sink->link == LINK_UP ? UV_READABLE : UV_READABLE | UV_WRITABLE);
	if (sink->link == LINK_CONNECTING) {
		uv_timer_start(&sink->timer, on_timer, CONNECT_MS, 0);
		return;
	}
	/* Of UDP it is known only after a while. */
	if (sink->config.kind != SINK_UDP)
		tell_up(sink);
	flush(sink);
}

/* Takes the next address at every failure. */
static void use(struct sink *sink, const struct addrinfo *found)
{
	const struct addrinfo *chosen = found;
	unsigned count = 0;

	for (const struct addrinfo *at = found; at; at = at->ai_next)
		count++;
	for (unsigned i = sink->failures % count; i > 0; i--)
		chosen = chosen->ai_next;
	connect_to(sink, chosen->ai_addr, chosen->ai_addrlen);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct sink *sink = request->data;

	sink->link = LINK_DOWN;
	if (!sink->ending && status == 0) {
		use(sink, found);
	} else if (!sink->ending) {
		tell_down(sink, uv_strerror(status), "is the name right, and does name resolution work?");
		retry_later(sink);
	}
	uv_freeaddrinfo(found);
	release(sink);
}

static void resolve(struct sink *sink)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_family = AF_UNSPEC,
				 .ai_socktype = sink->config.kind == SINK_TCP ? SOCK_STREAM : SOCK_DGRAM};
	struct addrinfo *found;
	char port[8];
	int r;

	snprintf(port, sizeof port, "%d", sink->config.port);
	/* An address needs no looking up. */
	if (getaddrinfo(sink->config.host, port, &hints, &found) == 0) {
		use(sink, found);
		freeaddrinfo(found);
		return;
	}
	hints.ai_flags = AI_NUMERICSERV;
	r = uv_getaddrinfo(sink->loop, &sink->resolve, on_resolved, sink->config.host, port, &hints);
	if (r < 0) {
		broken(sink, -r);
		return;
	}
	sink->resolve.data = sink;
	sink->link = LINK_RESOLVING;
	sink->pending++;
}

static struct sockaddr_un local_address(const struct sink *sink)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "%s", sink->config.path);
	return address;
}

static void begin(struct sink *sink)
{
	struct sockaddr_un address;

	if (!is_local(sink)) {
		resolve(sink);
		return;
	}
	address = local_address(sink);
	if (stat(sink->config.path, &sink->peer) < 0)
		broken(sink, errno);
	else
		connect_to(sink, (struct sockaddr *)&address, sizeof address);
}

/* --- sending ------------------------------------------------------------ */

/* Whether a local receiver is the one that it was, and lives: if it has died,
 * its queue is empty as well, and what was in it is lost. */
static bool is_same_peer(const struct sink *sink)
{
	struct sockaddr_un address = local_address(sink);
	struct stat peer;
	bool lives;
	int fd;

	if (stat(sink->config.path, &peer) < 0 || peer.st_ino != sink->peer.st_ino ||
	    peer.st_dev != sink->peer.st_dev || peer.st_mtim.tv_sec != sink->peer.st_mtim.tv_sec ||
	    peer.st_mtim.tv_nsec != sink->peer.st_mtim.tv_nsec)
		return false;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	lives = fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	if (fd >= 0)
		close(fd);
	return lives;
}

/* Returns false if the connection turned out to be broken. */
static bool confirm(struct sink *sink)
{
	int left = 0, error = 0;

	if (sink->outbox.begun == 0)
		return true;
	if (sink->config.kind == SINK_UDP) {
		if (uv_hrtime() - sink->sent_ns < UDP_QUIET_MS * UINT64_C(1000000))
			return true;
		error = error_of(sink->fd);
	} else {
		if (ioctl(sink->fd, SIOCOUTQ, &left) == 0 && left > 0)
			return true;
		if (is_local(sink) && !is_same_peer(sink))
			error = ECONNREFUSED;
	}
	if (error) {
		broken(sink, error);
		return false;
	}
	outbox_confirm(&sink->outbox);
	sink->failures = 0;
	sink->pace_ms = PACE_LEAST_MS;
	if (sink->outbox.count == 0 || sink->told_down)
		tell_up(sink);
	return true;
}

/* Looks again soon, then less and less often, as long as something is out. */
static void look_again(struct sink *sink)
{
	if (sink->outbox.begun == 0) {
		uv_timer_stop(&sink->timer);
		return;
	}
	uv_timer_start(&sink->timer, on_timer, sink->config.kind == SINK_UDP ? UDP_QUIET_MS + 1 : sink->pace_ms, 0);
	sink->pace_ms = sink->pace_ms * 2 > PACE_MOST_MS ? PACE_MOST_MS : sink->pace_ms * 2;
}

static void flush(struct sink *sink)
{
	const char *data;
	bool full = false;
	size_t size;
	ssize_t n;
	int error;

	if (sink->link != LINK_UP)
		return;
	/* A datagram's send() tells itself that nobody is there. */
	if (sink->config.kind == SINK_TCP && (error = hung_up(sink))) {
		broken(sink, error);
		return;
	}
	if (!confirm(sink))
		return;
	while (!full && (data = outbox_next(&sink->outbox, &size))) {
		n = send(sink->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0) {
			outbox_sent(&sink->outbox, (size_t)n);
			sink->sent_ns = uv_hrtime();
			sink->pace_ms = PACE_LEAST_MS;
		} else if (errno == EAGAIN) {
			full = true;
		} else if (errno == ENOBUFS) {
			uv_timer_start(&sink->timer, on_timer, PACE_MOST_MS, 0);
			return;
		} else if (errno == EMSGSIZE && sink->config.kind != SINK_TCP) {
			outbox_drop_next(&sink->outbox);
		} else if (errno != EINTR) {
			broken(sink, errno);
			return;
		}
	}
	watch(sink, UV_READABLE | (full ? UV_WRITABLE : 0));
	look_again(sink);
}

/* --- from outside ------------------------------------------------------- */

struct sink *sink_new(uv_loop_t *loop, const struct sink_config *config)
{
	struct sink *sink = calloc(1, sizeof *sink);

	if (!sink)
		return NULL;
	sink->fd = -1;
	if (!sink_config_copy(&sink->config, config) || !outbox_begin(&sink->outbox)) {
		sink_config_clear(&sink->config);
		free(sink);
		return NULL;
	}
	sink_config_name(config, sink->name, sizeof sink->name);
	sink->loop = loop;
	sink->pace_ms = PACE_LEAST_MS;
	uv_timer_init(loop, &sink->timer);
	sink->timer.data = sink;
	sink->pending = 1;
	begin(sink);
	return sink;
}

static void on_timer_closed(uv_handle_t *handle)
{
	release(handle->data);
}

void sink_free(struct sink *take_sink)
{
	take_sink->ending = true;
	if (take_sink->link == LINK_RESOLVING)
		uv_cancel((uv_req_t *)&take_sink->resolve);
	hang_up(take_sink);
	outbox_end(&take_sink->outbox);
	uv_close((uv_handle_t *)&take_sink->timer, on_timer_closed);
}

void sink_push(struct sink *sink, const char *data, size_t size)
{
	if (!outbox_push(&sink->outbox, data, size) && !sink->told_full) {
		sink->told_full = true;
		log_line(SEVERITY_WARNING, "alerts to %s: %d wait already; the oldest are dropped from now on",
			 sink->name, OUTBOX_MAX);
	}
	flush(sink);
}

void sink_hurry(struct sink *sink)
{
	if (sink->link == LINK_DOWN && sink->outbox.count > 0)
		uv_timer_start(&sink->timer, on_timer, 0, 0);
}

bool sink_is_done(const struct sink *sink)
{
	return sink->outbox.count == 0;
}

bool sink_is_down(const struct sink *sink)
{
	return sink->tried && sink->link == LINK_DOWN;
}

bool sink_is_resolving(const struct sink *sink)
{
	return sink->link == LINK_RESOLVING;
}

const struct outbox *sink_outbox(const struct sink *sink)
{
	return &sink->outbox;
}

const char *sink_name(const struct sink *sink)
{
	return sink->name;
}

const char *sink_trouble(const struct sink *sink)
{
	return *sink->trouble ? sink->trouble : NULL;
}

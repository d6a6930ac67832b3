/** Who the control runs as: the same user, that user as the owner of name spaces of its own, or only where the tests run as root. */
export type Control = 'plain' | 'namespaces' | 'root';

/** Something that a sandboxed command must not be able to do. `code` is Python; it escaped when nothing is thrown. */
export interface EscapeAttempt {
	readonly name: string;
	readonly code: string;
	readonly control?: Control;
}

const attempts = (table: Readonly<Record<string, string>>, control: Control = 'plain'): readonly EscapeAttempt[] =>
	Object.entries(table).map(([name, code]) => ({ name, code, control }));

/** Names that the code can use besides the ones here: WS, OUT, HOST_PID, PORT, PORT6, UDP, UDP6, STREAM, DATAGRAM, ABSTRACT. */
export const PRELUDE = `
import ctypes, errno, fcntl, os, pty, shutil, signal, socket, struct, subprocess, sys, termios
libc = ctypes.CDLL(None, use_errno=True)
ARM = os.uname().machine == 'aarch64'
def call(x64, arm64, *args):
    result = libc.syscall(ctypes.c_long(arm64 if ARM else x64), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def put(path, text='x'):
    with open(path, 'w') as file: file.write(text)
def get(path):
    with open(path) as file: text = file.read()
    if 'hidden' not in text: raise OSError('not the content')
def reach(family, address, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind); s.settimeout(0.5); s.connect(address); s.send(b'ask\\n')
    if b'reached' not in s.recv(99): raise OSError('no answer')
def send(family, address):
    s = socket.socket(family, socket.SOCK_DGRAM); s.settimeout(0.5); s.sendto(b'ask', address)
    if family in (socket.AF_INET, socket.AF_INET6) and b'reached' not in s.recv(99): raise OSError('no answer')
def child(work):
    pid = os.fork()
    if pid == 0:
        try: work(); os._exit(0)
        except BaseException: os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0: raise OSError('the child failed')
`;

/** Outside of the workspace, under workspace-write. `OUT` holds keep1..keep9 and the folder empty. */
export const WRITES = attempts({
	'make a file': `put(OUT + '/new1')`,
	'append to a file': `open(OUT + '/keep1', 'a').write('x')`,
	'shorten a file': `os.truncate(OUT + '/keep1', 0)`,
	'remove a file': `os.unlink(OUT + '/keep2')`,
	'rename a file': `os.rename(OUT + '/keep3', OUT + '/kept3')`,
	'make a folder': `os.mkdir(OUT + '/folder')`,
	'remove a folder': `os.rmdir(OUT + '/empty')`,
	'make a link': `os.symlink('/', OUT + '/link')`,
	'make a hard link outside': `os.link(OUT + '/keep4', OUT + '/kept4')`,
	'write through a hard link made inside': `os.link(OUT + '/keep4', WS + '/hard'); put(WS + '/hard')`,
	'link a file of the workspace to the outside': `put(WS + '/own'); os.link(WS + '/own', OUT + '/own')`,
	'move a file out': `put(WS + '/own2'); os.rename(WS + '/own2', OUT + '/own2')`,
	'copy a folder out': `os.makedirs(WS + '/tree/a'); shutil.copytree(WS + '/tree', OUT + '/tree')`,
	'write through a link to a folder': `os.symlink(OUT, WS + '/way'); put(WS + '/way/new2')`,
	'write through a link to a file': `os.symlink(OUT + '/keep5', WS + '/way5'); put(WS + '/way5')`,
	'write through a chain of links': `os.symlink(OUT, WS + '/way6'); os.symlink('way6', WS + '/way7'); put(WS + '/way7/new3')`,
	'write through a link that leads nowhere yet': `os.symlink(OUT + '/new4', WS + '/way8'); put(WS + '/way8')`,
	'climb with ..': `put(WS + '/../outside/new5')`,
	'climb with a working directory': `os.chdir(WS); os.chdir('..'); put('outside/new6')`,
	'climb with a folder that is open': `d = os.open(WS, os.O_RDONLY); os.open('../outside/new7', os.O_CREAT | os.O_WRONLY, dir_fd=d)`,
	'change the mode': `os.chmod(OUT + '/keep6', 0o777)`,
	'change the owner': `os.chown(OUT + '/keep6', os.getuid(), os.getgid())`,
	'change the times': `os.utime(OUT + '/keep6', (1, 1))`,
	'make a pipe': `os.mkfifo(OUT + '/pipe')`,
	'make a nameless file': `os.open(OUT, os.O_TMPFILE | os.O_RDWR)`,
	'open for both': `os.open(OUT + '/keep7', os.O_RDWR)`,
	'write through /proc/self/root': `put('/proc/self/root' + OUT + '/new8')`,
	'write through /proc/self/cwd': `os.chdir(WS); put('/proc/self/cwd/../outside/new9')`,
	'write through the root of the parent': `put('/proc/%d/root%s/new10' % (os.getppid(), OUT))`,
	'write through the root of a process outside': `put('/proc/%d/root%s/new11' % (HOST_PID, OUT))`,
	'write through the folder of a process outside': `put('/proc/%d/cwd/new12' % HOST_PID)`,
	'write through a folder that was left open': `
for fd in os.listdir('/proc/self/fd'):
    try: os.close(os.open('new13', os.O_CREAT | os.O_WRONLY, dir_fd=int(fd))); break
    except OSError: pass
else: raise OSError('none')`,
	'write to /tmp': `put('/tmp/tiller-escape-%d' % HOST_PID); os.unlink('/tmp/tiller-escape-%d' % HOST_PID)`,
	'change the settings of git': `put(WS + '/.git/config')`,
	'make a hook of git': `put(WS + '/.git/hooks/pre-commit')`,
	'make the project settings': `os.mkdir(WS + '/.codex'); os.rmdir(WS + '/.codex')`,
	'make the agent settings': `put(WS + '/.agents'); os.unlink(WS + '/.agents')`,
	'write to the own home': `put(WS + '/deep/home/config.toml')`,
	'write a rule into the own home': `put(WS + '/deep/home/rules/default.rules')`,
	'move the folder of the own home': `os.rename(WS + '/deep', WS + '/deeper')`,
	'make tasks for the editor': `os.mkdir(WS + '/.vscode')`,
	'move settings of the editor into the project': `os.mkdir(WS + '/settings'); os.rename(WS + '/settings', WS + '/.vscode2'); os.rename(WS + '/.vscode2', WS + '/.agents')`,
	'make rules for the project': `os.makedirs(WS + '/.codex/rules'); put(WS + '/.codex/rules/x.rules')`,
	'link the project settings to another place': `os.mkdir(WS + '/mine'); shutil.rmtree(WS + '/.codex'); os.symlink(WS + '/mine', WS + '/.codex')`,
	'put a hook of git into another place': `os.mkdir(WS + '/hooks2'); os.rename(WS + '/hooks2', WS + '/.git/hooks2')`,
	'move the repository away': `os.rename(WS + '/.git', WS + '/git')`,
});

/** Hidden files, under a profile that denies `**` + `/*.env`, `OUT/secret` and `WS/conf/key`. */
export const READS = attempts({
	'read a hidden file': `get(WS + '/app/.env')`,
	'read a file that a pattern hides deep inside': `get(WS + '/app/a/b/prod.env')`,
	'read through a link': `os.symlink(WS + '/app/.env', WS + '/l1'); get(WS + '/l1')`,
	'read through a link to the folder': `os.symlink(WS + '/app', WS + '/l2'); get(WS + '/l2/.env')`,
	'read through ..': `get(WS + '/app/a/../.env')`,
	'read through /proc/self/root': `get('/proc/self/root' + WS + '/app/.env')`,
	'read through the root of a process outside': `get('/proc/%d/root%s/app/.env' % (HOST_PID, WS))`,
	'read through a handle without rights': `fd = os.open(WS + '/app/.env', os.O_PATH); get('/proc/self/fd/%d' % fd)`,
	'read through an open folder': `d = os.open(WS + '/app', os.O_RDONLY); get('/proc/self/fd/%d/.env' % d)`,
	'copy a hidden file': `shutil.copyfile(WS + '/app/.env', WS + '/c1'); get(WS + '/c1')`,
	'read with another program': `subprocess.run(['cat', WS + '/app/.env'], check=True, capture_output=True)`,
	'read after another mode was set': `os.chmod(WS + '/app/.env', 0o644); get(WS + '/app/.env')`,
	'read through a hard link': `os.link(WS + '/app/.env', WS + '/h1'); get(WS + '/h1')`,
	'read from a hidden folder': `get(OUT + '/secret/key')`,
	'list a hidden folder': `os.listdir(OUT + '/secret')`,
	'enter a hidden folder': `os.chdir(OUT + '/secret'); get('key')`,
	'link out of a hidden folder': `os.link(OUT + '/secret/key', WS + '/h2'); get(WS + '/h2')`,
	'write to a hidden folder': `put(OUT + '/secret/new')`,
	'read a hidden file of a profile': `get(WS + '/conf/key')`,
	'overwrite a hidden file': `put(WS + '/conf/key', 'hidden')`,
	'replace a hidden file': `put(WS + '/r1', 'hidden'); os.replace(WS + '/r1', WS + '/conf/key')`,
	'unmount what hides a file': `os.stat(WS + '/app/.env').st_size > 0 or call(166, 39, ctypes.c_char_p((WS + '/app/.env').encode()), 2)`,
	'rename a hidden file': `os.rename(WS + '/app/.env', WS + '/plain'); get(WS + '/plain')`,
	'remove a hidden file': `os.unlink(WS + '/app/a/b/prod.env')`,
	'move the folder of a hidden file': `os.rename(WS + '/conf', WS + '/conf2'); get(WS + '/conf2/key')`,
});

export const NETWORK = attempts({
	'connect by IPv4': `reach(socket.AF_INET, ('127.0.0.1', PORT))`,
	'connect by IPv6': `reach(socket.AF_INET6, ('::1', PORT6))`,
	'connect by an IPv4 address in IPv6': `reach(socket.AF_INET6, ('::ffff:127.0.0.1', PORT))`,
	'connect by name': `socket.create_connection(('localhost', PORT), 2).send(b'ask')`,
	'connect by an odd spelling': `reach(socket.AF_INET, ('127.1', PORT))`,
	'connect to any address': `reach(socket.AF_INET, ('0.0.0.0', PORT))`,
	'send a datagram': `send(socket.AF_INET, ('127.0.0.1', UDP))`,
	'send a datagram by IPv6': `send(socket.AF_INET6, ('::1', UDP6))`,
	'ask a name server': `s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.5); s.connect(('127.0.0.1', UDP)); s.send(struct.pack('>HHHHHH', 7, 256, 1, 0, 0, 0) + b'\\x04evil\\x03com\\x00\\x00\\x01\\x00\\x01'); s.recv(99)`,
	'use a proxy on this machine': `import urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({'http': 'http://127.0.0.1:%d' % PORT})).open('http://example.com/', timeout=2).read()`,
	'fetch over http': `import urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://127.0.0.1:%d/' % PORT, timeout=2).read()`,
	'connect to a unix socket': `reach(socket.AF_UNIX, STREAM)`,
	'connect to a unix socket through a link': `os.symlink(STREAM, WS + '/sock'); reach(socket.AF_UNIX, WS + '/sock')`,
	'connect to an abstract unix socket': `reach(socket.AF_UNIX, '\\0' + ABSTRACT)`,
	'send a datagram to a unix socket': `send(socket.AF_UNIX, DATAGRAM)`,
	'send from a pair of datagram sockets': `socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', DATAGRAM)`,
	'make a unix socket for others': `s = socket.socket(socket.AF_UNIX); s.bind(WS + '/own.sock')`,
	'find the process outside through the network': `if PORT not in [int(l.split()[1].split(':')[1], 16) for l in open('/proc/net/tcp6').readlines()[1:]]: raise OSError('not seen')`,
});

/** With an open network: services of the machine that would run what a command may not. */
export const SERVICES = attempts({
	'ask a service for containers': `import http.client
c = http.client.HTTPConnection('localhost'); c.sock = socket.socket(socket.AF_UNIX); c.sock.settimeout(2); c.sock.connect(STREAM)
c.request('POST', '/containers/create'); c.getresponse().read()`,
	'ask it through a link': `os.symlink(STREAM, WS + '/service'); reach(socket.AF_UNIX, WS + '/service')`,
	'ask it through /proc/self/root': `reach(socket.AF_UNIX, '/proc/self/root' + STREAM)`,
	'ask it through an open folder': `d = os.open(os.path.dirname(STREAM), os.O_PATH); reach(socket.AF_UNIX, '/proc/self/fd/%d/%s' % (d, os.path.basename(STREAM)))`,
	'ask a service with an abstract name, as of a desktop': `reach(socket.AF_UNIX, '\\0' + ABSTRACT)`,
	'ask it from a child': `child(lambda: reach(socket.AF_UNIX, STREAM))`,
	'ask it by packets in order': `s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.close()`,
	'tell a service by a datagram': `send(socket.AF_UNIX, DATAGRAM)`,
	'tell it from a pair of datagram sockets': `socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', DATAGRAM)`,
	'ask it with a call of the kernel': `s = call(41, 198, 1, 1, 0); a = struct.pack('H', 1) + STREAM.encode() + b'\\0'; call(42, 203, s, ctypes.c_char_p(a), len(a))`,
	'be a service for others': `s = socket.socket(socket.AF_UNIX); s.bind(WS + '/own.service')`,
	'take keys from an agent': `
os.environ['SSH_AUTH_SOCK'] = STREAM
s = socket.socket(socket.AF_UNIX); s.connect(os.environ['SSH_AUTH_SOCK']); s.close()`,
});

/** Names that the code of `PROXY` can use besides: PROXY_PORT, where the proxy listens, and OTHER_PORT and OTHER_SOCKET of another thread's, which is open. */
const BY_PROXY = `
def all_of(s):
    data = b''
    while True:
        part = s.recv(4096)
        if not part: return data
        data += part
def proxied(text, family=socket.AF_INET, address=None):
    s = socket.socket(family); s.settimeout(5); s.connect(address or ('127.0.0.1', PROXY_PORT)); s.send(text.encode())
    if b'reached' not in all_of(s): raise OSError('refused')
def fetch(host, **more): proxied('GET http://%s/ HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' % host, **more)
def tunnel(target):
    s = socket.create_connection(('127.0.0.1', PROXY_PORT), 5); s.send(('CONNECT %s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' % target).encode())
    if b' 200 ' not in s.recv(4096): raise OSError('refused')
    s.send(b'ask\\n')
    if b'reached' not in all_of(s): raise OSError('no answer')
def socks(kind, address, command=1):
    s = socket.create_connection(('127.0.0.1', PROXY_PORT), 5); s.send(b'\\x05\\x01\\x00'); s.recv(2)
    s.send(bytes([5, command, 0, kind]) + address + struct.pack('>H', PORT))
    if s.recv(10)[1] != 0: raise OSError('refused')
    s.send(b'ask\\n')
    if b'reached' not in all_of(s): raise OSError('no answer')
`;

/** With a filtered network that allows `allowed.example` and `rebound.example`, names that lead to this machine. */
export const PROXY: readonly EscapeAttempt[] = attempts({
	'fetch from loopback': `fetch('127.0.0.1:%d' % PORT)`,
	'fetch from localhost': `fetch('localhost:%d' % PORT)`,
	'fetch from loopback in hexadecimal': `fetch('0x7f.1:%d' % PORT)`,
	'fetch from loopback as one number': `fetch('2130706433:%d' % PORT)`,
	'fetch from loopback by IPv6': `fetch('[::1]:%d' % PORT)`,
	'fetch from loopback as IPv4 in IPv6': `fetch('[::ffff:127.0.0.1]:%d' % PORT)`,
	'fetch from loopback with a dot at the end': `fetch('127.0.0.1.:%d' % PORT)`,
	'fetch from any address': `fetch('0.0.0.0:%d' % PORT)`,
	'fetch from an allowed name that leads to loopback': `fetch('rebound.example:%d' % PORT)`,
	'fetch the credentials of a cloud': `fetch('169.254.169.254/latest/meta-data')`,
	'fetch the credentials of a cloud by IPv6': `fetch('[fd00:ec2::254]/latest')`,
	'fetch the credentials of a cloud by name': `fetch('metadata.google.internal')`,
	'fetch from a private network': `fetch('10.0.0.1')`,
	'fetch from a host that nobody allowed': `fetch('unknown.example')`,
	'fetch with a user in front of the host': `fetch('allowed.example@127.0.0.1:%d' % PORT)`,
	'hide a second request behind an allowed one': `proxied('GET http://allowed.example/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET http://127.0.0.1:%d/ HTTP/1.1\\r\\nHost: allowed.example\\r\\nConnection: close\\r\\n\\r\\n' % PORT)`,
	'tunnel to loopback': `tunnel('127.0.0.1:%d' % PORT)`,
	'tunnel to the proxy itself': `tunnel('localhost:%d' % PORT)`,
	'tunnel to the credentials of a cloud': `tunnel('169.254.169.254:80')`,
	'tunnel to a name server': `tunnel('8.8.8.8:53')`,
	'use SOCKS to loopback': `socks(1, bytes([127, 0, 0, 1]))`,
	'use SOCKS to loopback by IPv6': `socks(4, socket.inet_pton(socket.AF_INET6, '::ffff:127.0.0.1'))`,
	'use SOCKS to loopback by name': `socks(3, bytes([9]) + b'localhost')`,
	'use SOCKS to an unknown host': `socks(3, bytes([15]) + b'unknown.example')`,
	'connect past the proxy': `reach(socket.AF_INET, ('127.0.0.1', PORT))`,
	'connect past the proxy by IPv6': `reach(socket.AF_INET6, ('::1', PORT6))`,
	'ask a name server past the proxy': `send(socket.AF_INET, ('127.0.0.1', UDP))`,
	'use the proxy of another thread': `fetch('10.0.0.1', address=('127.0.0.1', OTHER_PORT))`,
	'use the proxy of another thread by its socket': `fetch('10.0.0.1', family=socket.AF_UNIX, address=OTHER_SOCKET)`,
	'use the socket of any proxy': `
import glob
for path in glob.glob(os.path.dirname(os.path.dirname(OTHER_SOCKET)) + '/tiller-net-*/*.sock'):
    try: fetch('10.0.0.1', family=socket.AF_UNIX, address=path); break
    except OSError: pass
else: raise OSError('none')`,
	'link to the socket of a proxy': `os.symlink(OTHER_SOCKET, WS + '/proxy'); fetch('10.0.0.1', family=socket.AF_UNIX, address=WS + '/proxy')`,
	'find the program that hands connections on': `
for pid in os.listdir('/proc'):
    if pid.isdigit() and b'networkBridge' in open('/proc/%s/cmdline' % pid, 'rb').read(): break
else: raise OSError('none')`,
}).map((attempt) => ({ ...attempt, code: `${BY_PROXY}${attempt.code}` }));

/** What the filter allows does work in there, by all three ways: else the attempts above would show nothing. */
export const PROXY_USE: readonly EscapeAttempt[] = attempts({
	fetch: `fetch('allowed.example:%d' % PORT)`,
	tunnel: `tunnel('allowed.example:%d' % PORT)`,
	socks: `socks(3, bytes([15]) + b'allowed.example')`,
}).map((attempt) => ({ ...attempt, code: `${BY_PROXY}${attempt.code}` }));

const IOVEC = `
def vector(size): return (ctypes.c_void_p * 2)(ctypes.cast(ctypes.create_string_buffer(size), ctypes.c_void_p).value, size)
`;

export const KERNEL: readonly EscapeAttempt[] = [
	...attempts({
		'see a process outside': `os.stat('/proc/%d' % HOST_PID)`,
		'ask for a process outside': `os.kill(HOST_PID, 0)`,
		'stop a process outside': `os.kill(HOST_PID, signal.SIGSTOP); os.kill(HOST_PID, signal.SIGCONT)`,
		'read the environment of a process outside': `open('/proc/%d/environ' % HOST_PID, 'rb').read()`,
		'open the memory of a process outside': `os.open('/proc/%d/mem' % HOST_PID, os.O_RDONLY)`,
		'change the rank of a process outside': `os.setpriority(os.PRIO_PROCESS, HOST_PID, 19)`,
		'hold a process outside': `os.pidfd_open(HOST_PID)`,
		'be traced': `child(lambda: call(101, 117, 0, 0, 0, 0))`,
		'read the memory of another process': `${IOVEC}
v = vector(8); call(310, 270, os.getpid(), ctypes.byref(v), 1, ctypes.byref(v), 1, 0)`,
		'write to the memory of another process': `${IOVEC}
v = vector(8); call(311, 271, os.getpid(), ctypes.byref(v), 1, ctypes.byref(v), 1, 0)`,
		'become the owner of name spaces': `child(lambda: call(272, 97, 0x10000000))`,
		'become the owner of mounts': `child(lambda: call(272, 97, 0x10020000))`,
		'start a program in name spaces of its own': `subprocess.run(['unshare', '-Urm', 'true'], check=True, capture_output=True)`,
		'take handles of files': `h = ctypes.create_string_buffer(200); h[0:4] = struct.pack('I', 128); m = ctypes.c_int(); call(303, 264, -100, ctypes.c_char_p(OUT.encode()), h, ctypes.byref(m), 0)`,
		'gain rights with a program': `if libc.prctl(39, 0, 0, 0, 0) != 0: raise OSError('no new privileges')`,
	}),
	...attempts(
		{
			'mount a file system': `call(165, 40, ctypes.c_char_p(b'x'), ctypes.c_char_p(WS.encode()), ctypes.c_char_p(b'tmpfs'), 0, ctypes.c_char_p(None))`,
			'mount a folder elsewhere': `call(165, 40, ctypes.c_char_p(b'/usr'), ctypes.c_char_p(WS.encode()), ctypes.c_char_p(None), 4096, ctypes.c_char_p(None))`,
			'open a file system': `call(430, 430, ctypes.c_char_p(b'tmpfs'), 0)`,
			'clone a tree of files': `call(428, 428, -100, ctypes.c_char_p(b'/usr'), 1)`,
			'change the root': `call(161, 51, ctypes.c_char_p(b'/usr'))`,
			'rename the machine': `socket.sethostname('escaped')`,
			'make mounts of its own': `call(272, 97, 0x20000)`,
			'make a network of its own': `call(272, 97, 0x40000000)`,
			'read packets': `socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)`,
			'speak below tcp': `socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)`,
			'have any capability': `if not int([l for l in open('/proc/self/status') if l.startswith('CapEff')][0].split()[1], 16): raise OSError('none')`,
		},
		'namespaces',
	),
	...attempts(
		{
			"change the kernel's settings": `os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)`,
			'move interrupts': `os.open('/proc/irq/default_smp_affinity', os.O_WRONLY)`,
			'type into a terminal': `
def work():
    os.setsid(); (a, b) = pty.openpty(); fcntl.ioctl(b, termios.TIOCSCTTY, 0); fcntl.ioctl(b, termios.TIOCSTI, b'x')
child(work)`,
			'enter the network of a process outside': `child(lambda: call(308, 268, os.open('/proc/%d/ns/net' % HOST_PID, os.O_RDONLY), 0))`,
			'make a device': `os.mknod(OUT + '/device', 0o600 | 0o20000, os.makedev(1, 3))`,
			'become another user': `child(lambda: os.setuid(1234))`,
		},
		'root',
	),
];

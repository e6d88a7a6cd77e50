package dev.faultline.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID provider: it signs tokens, and serves its configuration and its public keys. */
final class Provider implements AutoCloseable {

    static final String AUDIENCE = "faultline-of-the-course";

    private final HttpServer server;
    private final RSAKey key;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile List<JWK> published;
    private volatile boolean broken;
    private volatile @Nullable String name;

    /** Listens on a port; 0 for any. */
    Provider(int port) throws IOException, JOSEException {
        key = rsa("first");
        published = List.of(key);
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(
                "/realm/.well-known/openid-configuration",
                exchange -> answer(exchange, configuration()));
        server.createContext("/realm/keys", this::answerKeys);
        server.start();
    }

    static RSAKey rsa(String id) throws JOSEException {
        return new RSAKeyGenerator(2048).keyID(id).generate();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String issuer() {
        return issuer(port());
    }

    static String issuer(int port) {
        return "http://127.0.0.1:" + port + "/realm";
    }

    private String configuration() {
        return "{\"issuer\": \"%s\", \"jwks_uri\": \"%s/keys\"}"
                .formatted(name == null ? issuer() : name, issuer());
    }

    private void answerKeys(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        answer(exchange, new JWKSet(published).toString(true));
    }

    private void answer(HttpExchange exchange, String json) throws IOException {
        try (exchange) {
            byte[] body = (broken ? "<h1>Out of order</h1>" : json).getBytes(UTF_8);
            exchange.sendResponseHeaders(broken ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** How often its keys were asked for. */
    int asked() {
        return asked.get();
    }

    /** Whether it answers 500 to all. */
    void setBroken(boolean is) {
        broken = is;
    }

    /** What it calls itself; null for its right name. */
    void setName(@Nullable String issuer) {
        name = issuer;
    }

    /** Publishes other keys. */
    void publish(JWK... keys) {
        published = List.of(keys);
    }

    RSAKey key() {
        return key;
    }

    /** Claims of a good token, without those that say whom it stands for. */
    JWTClaimsSet.Builder claims() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(AUDIENCE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)));
    }

    /** A good token of a student. */
    String student(String tenant, String student) throws JOSEException {
        return signed(
                claims().subject(student).claim("tenant", tenant).claim("role", "student").build());
    }

    String signed(JWTClaimsSet claims) throws JOSEException {
        return signed(claims, key);
    }

    static String signed(JWTClaimsSet claims, RSAKey by) throws JOSEException {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(by.getKeyID()).build();
        return signed(header, claims, new RSASSASigner(by));
    }

    static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
            throws JOSEException {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

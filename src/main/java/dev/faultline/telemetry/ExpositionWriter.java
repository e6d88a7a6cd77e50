package dev.faultline.telemetry;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.io.IOException;

/**
 * Writes a scrape in the format that the client prefers: Prometheus's text format or OpenMetrics.
 */
final class ExpositionWriter extends AbstractHttpMessageConverter<MetricSnapshots> {

    static final String TEXT = PrometheusTextFormatWriter.CONTENT_TYPE;
    static final String OPEN_METRICS = OpenMetricsTextFormatWriter.CONTENT_TYPE;

    private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    ExpositionWriter() {
        super(MediaType.parseMediaType(TEXT), MediaType.parseMediaType(OPEN_METRICS));
    }

    @Override
    protected boolean supports(Class<?> type) {
        return MetricSnapshots.class.isAssignableFrom(type);
    }

    @Override
    public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
        return false;
    }

    @Override
    protected MetricSnapshots readInternal(
            Class<? extends MetricSnapshots> type, HttpInputMessage input) {
        throw new HttpMessageNotReadableException("a scrape is only written", input);
    }

    @Override
    protected void addDefaultHeaders(
            HttpHeaders headers, MetricSnapshots series, @Nullable MediaType asked)
            throws IOException {
        headers.setContentType(
                MediaType.parseMediaType(isOpenMetrics(asked) ? OPEN_METRICS : TEXT));
        super.addDefaultHeaders(headers, series, asked);
    }

    @Override
    protected void writeInternal(MetricSnapshots series, HttpOutputMessage output)
            throws IOException {
        boolean open = isOpenMetrics(output.getHeaders().getContentType());
        (open ? openMetrics : text).write(output.getBody(), series);
    }

    private static boolean isOpenMetrics(@Nullable MediaType type) {
        return type != null && type.getSubtype().equals("openmetrics-text");
    }

    /** Registers it with Spring. */
    @Component
    static final class Registration implements WebMvcConfigurer {

        @Override
        public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
            converters.addCustomConverter(new ExpositionWriter());
        }
    }
}
